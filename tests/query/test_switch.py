"""What a searcher does when its alias moves to an index of another model under it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.crossing import crossing, folder, put, shelf
from plugins.ingest_shop import describe
from plugins.tiny_model import build

from connector.errors import IndexMovedError, RequestError
from connector.settings import Settings
from mappings.gate import Crossing
from mappings.index import ALIVE
from query.engine import Engine
from query.search import Searcher

pytestmark = pytest.mark.server


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the same dimension with other weights."""
    return build(tmp_path_factory.mktemp("other"), seed=8)


@pytest.fixture
def sides(
    client: OpenSearch, reader: Settings, catalogue_name: str, tiny_model: Path, other: Path
) -> Iterator[Crossing]:
    """Two indices of the same products; the alias leads to the first."""
    old = describe(catalogue_name, catalogue_name, str(tiny_model))
    with crossing(client, reader, old, folder(old, other)) as made:
        for live in (made.old, made.new):
            put(made, live, shelf(), 1)
        yield made


def switch(sides: Crossing) -> None:
    actions = [
        {"remove": {"index": sides.old.physical, "alias": sides.old.alias}},
        {"add": {"index": sides.new.physical, "alias": sides.old.alias, "filter": ALIVE}},
    ]
    sides.client.indices.update_aliases(body={"actions": actions})


def test_a_search_after_the_switch_uses_the_new_model(sides: Crossing) -> None:
    """Its answer is that of a searcher opened afterwards; vectors of two models never meet."""
    alias, settings = sides.old.alias, sides.settings
    with Searcher.open(alias, settings) as searcher:
        before = searcher.search("lamp 7", system="vector")
        switch(sides)
        after = searcher.search("lamp 7", system="vector")
    with Searcher.open(alias, settings) as fresh:
        expected = fresh.search("lamp 7", system="vector")
    assert [hit.id for hit in after.hits] == [hit.id for hit in expected.hits]
    assert [hit.score for hit in after.hits] == pytest.approx([hit.score for hit in expected.hits])
    assert before.hits != after.hits


def test_why_a_product_is_not_found_is_told_of_the_new_index(sides: Crossing) -> None:
    """A program that looks for the first time since the switch is told no less than a fresh one."""
    alias, settings = sides.old.alias, sides.settings
    with Searcher.open(alias, settings) as searcher:
        id_ = searcher.search("lamp 7", system="vector").hits[0].id
        switch(sides)
        after = searcher.why_not(id_, "lamp 7", system="vector")
    with Searcher.open(alias, settings) as fresh:
        assert after.as_json() == fresh.why_not(id_, "lamp 7", system="vector").as_json()


def test_a_cursor_is_expired_after_the_switch(sides: Crossing) -> None:
    """Its pages are of the old index, the query's vector would be of the new one's model."""
    with Searcher.open(sides.old.alias, sides.settings) as searcher:
        first = searcher.search("lamp", system="hybrid", size=5, cursor="")
        switch(sides)
        searcher.search("lamp", system="hybrid")
        with pytest.raises(RequestError, match="expired"):
            searcher.search("lamp", system="hybrid", size=5, cursor=first.cursor)


def test_an_engine_refuses_hits_of_another_index(sides: Crossing) -> None:
    """Whoever has read one index's model is told, instead of being given the other's products."""
    settings = sides.settings.opensearch
    body = {"query": {"match_all": {}}}
    engine = Engine(sides.client, sides.old.alias, settings.url, sides.old.physical)
    assert not engine.moved
    assert engine.search(body, "")["hits"]["hits"]
    switch(sides)
    assert engine.moved
    with pytest.raises(IndexMovedError, match="leads to another index"):
        engine.search(body, "")
