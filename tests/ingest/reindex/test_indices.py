from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.ingest_shop import describe

from connector.errors import RefusedError, RetryLaterError
from ingest.reindex import cutover, indices
from mappings.apply import apply
from mappings.catalogue import Catalogue
from mappings.contract import contract_of
from mappings.live import open_index, open_physical

pytestmark = pytest.mark.server


@pytest.fixture
def catalogue(catalogue_name: str, tiny_model: Path, client: OpenSearch) -> Iterator[Catalogue]:
    """A catalogue with a first index, and a second one as a run creates it."""
    made = describe(catalogue_name, catalogue_name, str(tiny_model))
    apply(client, made, contract_of(made))
    old = open_index(client, made.name)
    indices.create(client, f"{made.name}-v2", made, contract_of(made), old)
    return made


def test_what_a_backfill_relaxes_is_proven_restored(
    client: OpenSearch, catalogue: Catalogue
) -> None:
    """A relaxed index is refused by the setting's name, and so is one with a lazy translog."""
    new = f"{catalogue.name}-v2"
    with pytest.raises(RefusedError, match="refresh_interval is -1, not 1s"):
        indices.require_lasting(client, new, catalogue)
    indices.restore(client, new, catalogue)
    indices.require_lasting(client, new, catalogue)
    lazy = {"index.translog.durability": "async"}
    client.indices.put_settings(index=new, body=lazy)
    with pytest.raises(RefusedError, match=r"translog\.durability is async, not REQUEST"):
        indices.require_lasting(client, new, catalogue)


def test_copies_without_a_node_hold_the_switch_up(client: OpenSearch, catalogue: Catalogue) -> None:
    """One node has no place for a copy: the run waits, and says for what."""
    new = f"{catalogue.name}-v2"
    indices.await_copies(client, new, lambda _: False)
    client.indices.put_settings(index=new, body={"index.number_of_replicas": 1})
    with pytest.raises(RetryLaterError, match="1 copies without a node"):
        indices.await_copies(client, new, lambda _: True)


def test_the_alias_moves_once_and_from_where_it_was(
    client: OpenSearch, catalogue: Catalogue
) -> None:
    """The filter goes along; moving again does nothing; from elsewhere it is not moved."""
    old, new = (f"{catalogue.name}-v{number}" for number in (1, 2))
    for _ in range(2):
        cutover.switch(client, catalogue.name, old, new)
        live = open_index(client, catalogue.name)
        assert (live.physical, live.alias_body) == (
            new,
            {"filter": {"term": {"connector.deleted": False}}},
        )
    with pytest.raises(RefusedError, match="somebody else has moved it"):
        cutover.switch(client, catalogue.name, "other-v1", old)


def test_a_physical_index_is_opened_by_its_own_name_only(
    client: OpenSearch, catalogue: Catalogue
) -> None:
    """Behind the alias or not; the alias itself is refused, so that nothing follows it by accident."""
    new = open_physical(client, f"{catalogue.name}-v2")
    assert (new.alias, new.alias_body, new.catalogue) == (catalogue.name, {}, catalogue)
    with pytest.raises(RefusedError, match=f"is an alias.*{catalogue.name}-v1"):
        open_physical(client, catalogue.name)
