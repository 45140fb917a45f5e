"""The index behind an alias: finding it, opening it, and what it says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from opensearchpy import OpenSearch
from pydantic import ValidationError

from connector.cluster import faults
from connector.errors import IndexMissingError, MappingMismatchError, RefusedError, UsageError
from mappings.catalogue import Catalogue
from mappings.index import SCHEMA

Json = dict[str, Any]

NOT_FOUND = 404


@dataclass(frozen=True)
class LiveIndex:
    """One physical index as it stands in the cluster.

    Attributes:
        alias: the filtered alias that searches go through.
        physical: the index itself, which the worker writes to and whose name is its consumer group.
        mapping: its mapping.
        settings: its settings, flat: `index.number_of_shards` and so on.
        alias_body: the alias's own filter and routing.
    """

    alias: str
    physical: str
    mapping: Json
    settings: Json
    alias_body: Json

    @property
    def meta(self) -> Json:
        """`_meta.connector`: `schema`, `catalogue`, `catalogue_hash` and `model`."""
        meta: Json = self.mapping["_meta"]["connector"]
        return meta

    @property
    def model(self) -> Json:
        """The model contract that its vectors were computed with, `fingerprint` included."""
        model: Json = self.meta["model"]
        return model

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue it was built from.

        Raises:
            MappingMismatchError: another version of the connector wrote it.
        """
        try:
            return Catalogue.model_validate(self.meta["catalogue"])
        except ValidationError as error:
            raise MappingMismatchError(
                f"index {self.physical!r} keeps a catalogue that this version of the connector "
                f"does not understand ({error.error_count()} faults); build a new index with it"
            ) from error


def open_index(client: OpenSearch, alias: str) -> LiveIndex:
    """Open the index behind an alias.

    Raises:
        UsageError: the name is empty.
        IndexMissingError: there is no such alias.
        RefusedError: the name is no alias of exactly one index that the connector made.
        MappingMismatchError: its vectors' dimension is not the model's.
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    live = find_index(client, alias)
    if live is None:
        raise IndexMissingError(
            f"there is no index behind the alias {alias!r}; create it with "
            "`connector mappings apply`, or check the name"
        )
    _check_dimension(live)
    return live


def open_physical(client: OpenSearch, physical: str) -> LiveIndex:
    """Open an index by its own name, whether or not its catalogue's alias leads to it.

    Raises:
        IndexMissingError: there is none of that name.
        RefusedError: the name is an alias, or the connector did not make the index.
        MappingMismatchError: its vectors' dimension is not the model's.
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    with faults(f"reading the index {physical!r}"):
        found: Json = client.indices.get(index=physical, params={"flat_settings": "true"})
    if physical not in found:
        raise RefusedError(
            f"{physical!r} is an alias; name the index behind it ({', '.join(sorted(found))})"
        )
    body = found[physical]
    _check_ours(physical, body["mappings"])
    meta = body["mappings"]["_meta"]["connector"]
    _check_schema(physical, meta)
    alias = str(meta["catalogue"]["name"])
    live = LiveIndex(
        alias, physical, body["mappings"], body["settings"], body["aliases"].get(alias, {})
    )
    _check_dimension(live)
    return live


def find_index(client: OpenSearch, alias: str) -> LiveIndex | None:
    """Return the index behind an alias, None when there is none; errors as `open_index`."""
    if not alias:
        raise UsageError("the name of the alias is empty; name one, with --index for example")
    with faults(f"reading the alias {alias!r}"):
        found: Json = client.indices.get(
            index=alias, params={"flat_settings": "true", "ignore": NOT_FOUND}
        )
    if found.get("status") == NOT_FOUND:
        return None
    if alias in found:
        raise RefusedError(
            f"{alias!r} is an index, not an alias: deleted products would be found in it; "
            "search through an alias that `connector mappings apply` made"
        )
    if len(found) != 1:
        raise RefusedError(
            f"the alias {alias!r} points to {len(found)} indices ({', '.join(sorted(found))}); "
            "it must point to one"
        )
    physical, body = next(iter(found.items()))
    _check_ours(physical, body["mappings"])
    _check_schema(physical, body["mappings"]["_meta"]["connector"])
    return LiveIndex(alias, physical, body["mappings"], body["settings"], body["aliases"][alias])


def _check_ours(physical: str, mapping: Mapping[str, Any]) -> None:
    meta = mapping.get("_meta", {}).get("connector")
    if not isinstance(meta, dict) or not {"catalogue", "catalogue_hash", "model"} <= set(meta):
        raise RefusedError(
            f"index {physical!r} was not made by `connector mappings apply` (its mapping has no "
            "_meta.connector); choose another catalogue name, or remove the alias"
        )


def _check_schema(physical: str, meta: Mapping[str, Any]) -> None:
    if meta.get("schema") != SCHEMA:
        raise MappingMismatchError(
            f"index {physical!r} is of schema {meta.get('schema')}, this version of the connector "
            f"reads and writes schema {SCHEMA}; build another from the topics, under another catalogue "
            "name or once this one is deleted (`connector mappings apply`, `connector ingest`): a "
            "reindex cannot read it"
        )


def _check_dimension(live: LiveIndex) -> None:
    wanted = live.model.get("dimension")
    for name in live.catalogue.vectors:
        there = live.mapping["properties"].get(name, {}).get("dimension")
        if there != wanted:
            raise MappingMismatchError(
                f"index {live.physical!r}: field {name!r} holds vectors of {there} dimensions, the "
                f"model makes {wanted}; build a new index"
            )
