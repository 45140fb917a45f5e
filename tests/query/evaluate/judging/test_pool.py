from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import RefusedError
from query.evaluate.judging import foreign
from query.evaluate.judging.pool import COLUMNS, pool, write
from query.evaluate.runs import Run

QUERIES = {"q1": "coat", "q2": "tent"}
ONE = Run("one", {"q1": [("a", 3.0), ("b", 2.0), ("c", 1.0)]})
OTHER = Run("other", {"q1": [("c", 9.0), ("d", 8.0)], "q2": [("e", 1.0)]})
products = st.lists(st.text("abcdef", min_size=1, max_size=2), max_size=12, unique=True)


def test_each_pair_that_any_system_ranks_high_is_pooled_once() -> None:
    """What stands deeper than the depth in every run is left out; known grades are kept."""
    found = pool(QUERIES, [ONE, OTHER], {"q1": {"b": 2, "z": 3}}, depth=2)
    assert {(pair.query_id, pair.product_id): pair.grade for pair in found} == {
        ("q1", "a"): None,
        ("q1", "b"): 2,
        ("q1", "c"): None,
        ("q1", "d"): None,
        ("q2", "e"): None,
    }
    assert len(found) == 5


@given(products, products)
def test_the_order_tells_nothing_of_systems_and_ranks(one: list[str], other: list[str]) -> None:
    """The same products come in the same order, whoever found them wherever."""

    def run(ids: list[str]) -> Run:
        return Run("any", {"q1": [(id_, 1.0) for id_ in ids]})

    there = pool(QUERIES, [run(one), run(other)], {}, depth=20)
    assert pool(QUERIES, [run(other[::-1]), run(one[::-1])], {}, depth=20) == there
    assert {pair.product_id for pair in there} == {*one, *other}


def test_a_pool_filled_in_can_be_imported(tmp_path: Path) -> None:
    """Only lines with a grade are judgments; a title with tabs and line ends breaks nothing."""
    file = tmp_path / "new" / "pool.tsv"
    titles = {"a": 'Coat,\t"warm"\n red', "b": "Coat"}
    write(pool(QUERIES, [ONE, OTHER], {"q1": {"b": 2}}, depth=2), titles, file)
    header, *lines = file.read_text("utf-8").splitlines()
    assert header.split("\t") == list(COLUMNS)
    assert 'q1\tcoat\ta\tCoat, "warm" red\t\t' in lines
    assert "q1\tcoat\tb\tCoat\t2\tyes" in lines
    found = foreign.read(file, {})
    assert found.grades == {"q1": {"b": 2}}
    assert found.queries == QUERIES
    assert found.unjudged == 4


def test_nothing_overwrites_judgments(tmp_path: Path) -> None:
    """A pool that people may have worked on is left alone."""
    file = tmp_path / "pool.tsv"
    file.write_text("work", "utf-8")
    with pytest.raises(RefusedError, match="exists"):
        write([], {}, file)
    assert file.read_text("utf-8") == "work"
