"""Bring a cluster to what a catalogue asks for, as far as no document has to be written again."""

from collections.abc import Mapping
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import MappingMismatchError
from mappings.catalogue import Catalogue
from mappings.compare import Difference, differences, flatten
from mappings.contract import ModelContract, require_same
from mappings.index import (
    ALIVE,
    index_body,
    mappings_of,
    physical_name,
    require_version,
    template_body,
    version_in,
)
from mappings.live import NOT_FOUND, LiveIndex, find_index


def apply(client: OpenSearch, catalogue: Catalogue, contract: ModelContract) -> list[str]:
    """Make template, index and alias what the catalogue asks for.

    Returns:
        What was done, a line each; empty when there was nothing to do.

    Raises:
        ModelMismatchError: the index was built with another model contract.
        MappingMismatchError: a difference needs a reindex; nothing was changed.
        RefusedError: the alias is not one the connector may touch.
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    with faults("reading the cluster's version"):
        require_version(client.info()["version"]["number"])
    live = find_index(client, catalogue.name)
    if live is None:
        _require_free(client, catalogue)
        return [*put_template(client, catalogue, contract), _create(client, catalogue, contract)]
    require_same(contract, live.model, live.physical)
    found = differences(catalogue, contract, live)
    _require_in_place(found, live)
    return [
        *put_template(client, catalogue, contract),
        *_change(client, catalogue, contract, live, found),
    ]


def _require_free(client: OpenSearch, catalogue: Catalogue) -> None:
    with faults(f"looking for indices of {catalogue.name!r}"):
        there = client.indices.get_alias(index=f"{catalogue.name}-v*")
    ours = [name for name in there if name == physical_name(catalogue.name, version_in(name))]
    if ours:
        raise MappingMismatchError(
            f"{', '.join(sorted(ours))} exist(s), but the alias {catalogue.name!r} points nowhere; "
            "point the alias at the index that is to be searched, or delete what is left over"
        )


def _require_in_place(found: list[Difference], live: LiveIndex) -> None:
    stuck = [each for each in found if each.effect == "needs reindex"]
    if not stuck:
        return
    shown = "; ".join(f"{each.path} {say(each.live)} -> {say(each.wanted)}" for each in stuck[:3])
    more = f" and {len(stuck) - 3} more" if len(stuck) > 3 else ""  # noqa: PLR2004 - as above
    raise MappingMismatchError(
        f"index {live.physical!r} cannot take these changes in place: {shown}{more}; "
        "`connector reindex start` builds a new index, `connector mappings diff` lists them all"
    )


def put_template(client: OpenSearch, catalogue: Catalogue, contract: ModelContract) -> list[str]:
    """Write the template of a catalogue's indices where it differs; return what was done."""
    wanted = template_body(catalogue, contract)
    with faults(f"writing the index template {catalogue.name!r}"):
        if _same(wanted, _template(client, catalogue.name)):
            return []
        client.indices.put_index_template(name=catalogue.name, body=wanted)
    return [f"wrote the index template {catalogue.name!r} for {catalogue.name}-v*"]


def _template(client: OpenSearch, name: str) -> dict[str, Any]:
    answer = client.indices.get_index_template(name=name, params={"ignore": NOT_FOUND})
    found = answer.get("index_templates") or [{"index_template": {}}]
    template: dict[str, Any] = found[0]["index_template"]
    return template


def _same(wanted: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    theirs = dict(flatten(live))
    return all(theirs.get(path) == value for path, value in flatten(wanted))


def requests(
    catalogue: Catalogue, contract: ModelContract
) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return path and body of the PUT requests that make everything where nothing exists yet."""
    return (
        (f"/_index_template/{catalogue.name}", template_body(catalogue, contract)),
        (f"/{physical_name(catalogue.name, 1)}", _first_index(catalogue, contract)),
    )


def _first_index(catalogue: Catalogue, contract: ModelContract) -> dict[str, Any]:
    """Index and alias in one request: nobody sees the one without the other."""
    aliases = {catalogue.name: {"filter": ALIVE}}
    return index_body(catalogue, contract) | {"aliases": aliases}


def _create(client: OpenSearch, catalogue: Catalogue, contract: ModelContract) -> str:
    name = physical_name(catalogue.name, 1)
    with faults(f"creating the index {name!r}"):
        client.indices.create(index=name, body=_first_index(catalogue, contract))
    return f"created the index {name!r} behind the alias {catalogue.name!r}"


def _change(
    client: OpenSearch,
    catalogue: Catalogue,
    contract: ModelContract,
    live: LiveIndex,
    found: list[Difference],
) -> list[str]:
    settings = {
        each.path.removeprefix("settings."): each.wanted
        for each in found
        if each.path.startswith("settings.")
    }
    with faults(f"changing the index {live.physical!r}"):
        if settings:
            client.indices.put_settings(index=live.physical, body=settings)
        if any(each.path.startswith("alias.") for each in found):
            client.indices.put_alias(index=live.physical, name=live.alias, body={"filter": ALIVE})
        # Last: it names the catalogue that the index follows from now on.
        if found:
            client.indices.put_mapping(
                index=live.physical, body=_keeping(live, mappings_of(catalogue, contract))
            )
    return [f"changed {each.path}: {say(each.live)} -> {say(each.wanted)}" for each in found]


def _keeping(live: LiveIndex, body: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping with what the worker remembers in the index, which no catalogue knows."""
    if "topics" in live.meta:
        body["_meta"]["connector"]["topics"] = live.meta["topics"]
    return body


def say(value: Any) -> str:
    """Return a value of a difference in few words."""
    if value is None:
        return "nothing"
    shown = str(value)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"  # noqa: PLR2004 - a line's width
