"""What a worker writes to: one physical index, opened and found fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opensearchpy import OpenSearch

from connector.errors import MappingMismatchError
from ingest.generation import Generation, remembered
from mappings.catalogue import Catalogue
from mappings.contract import ModelContract, contract_of, require_same
from mappings.live import open_index, open_physical


@dataclass(frozen=True)
class Target:
    """One physical index and what everything written to it has to agree with.

    Attributes:
        client: OpenSearch.
        index: the physical index, never its alias; its name is also the consumer group.
        catalogue: what the index was built from.
        contract: the model contract of its vectors.
        meta: what the index keeps about itself, `_meta.connector`.
    """

    client: OpenSearch
    index: str
    catalogue: Catalogue
    contract: ModelContract
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def generations(self) -> dict[str, Generation]:
        """Topics whose offsets are versions, as the index remembers them; see `ingest.generations`."""
        return remembered(self.meta)

    @property
    def model(self) -> str:
        """The contract's fingerprint, as every document keeps it."""
        return self.contract.fingerprint


def open_target(client: OpenSearch, catalogue: Catalogue, index: str | None = None) -> Target:
    """Open the index of a catalogue.

    Args:
        client: OpenSearch.
        catalogue: what it has to be built from.
        index: a physical index; the one that the catalogue's alias leads to where left out.

    Raises:
        IndexMissingError: there is none.
        ModelMismatchError, MappingMismatchError: it was built with another model contract, or
            from another version of the catalogue.
        EncoderError: the model's files cannot be found.
    """
    live = open_physical(client, index) if index else open_index(client, catalogue.name)
    contract = contract_of(catalogue)
    require_same(contract, live.model, live.physical)
    there = live.meta["catalogue_hash"]
    if there != catalogue.hash:
        raise MappingMismatchError(
            f"index {live.physical!r} was built from another version of catalogue "
            f"{catalogue.name!r} ({there} there, {catalogue.hash} here); see what differs with "
            "`connector mappings diff` and bring it up to date with `connector mappings apply`"
        )
    return Target(client, live.physical, catalogue, contract, live.meta)
