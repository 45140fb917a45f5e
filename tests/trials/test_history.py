"""The judge is tried itself: an index that is right passes, and each way of being wrong fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit.history import Change, Stored, compare, fold
from kit.stage import encoder
from kit.workload import Mix, changes, texts

UPDATED = [Change("p0", 10**6, {"title": "red shoe"}), Change("p0", 10**6 + 1, {"title": "hat"})]
LOG = [*changes(Mix(keys=40, changes=400), 5), *UPDATED]
Index = dict[str, Stored]


@pytest.fixture(scope="module")
def encode(tiny_model: Path) -> Callable[[list[str]], Any]:
    """The model, by its own library."""
    return encoder(tiny_model)


@pytest.fixture
def index(encode: Callable[[list[str]], Any]) -> Index:
    """The index as it has to be after LOG."""
    return {key: document(each, encode) for key, each in fold(LOG).items()}


def document(expected: Any, encode: Callable[[list[str]], Any]) -> Stored:
    state = {"versions": dict(expected.versions), "deleted": not expected.alive}
    if not expected.alive:
        return Stored({"connector": state}, 0)
    wanted = {name: text for name, text in texts(expected.merged).items() if text}
    vectors = dict(zip(wanted, encode(list(wanted.values())).tolist(), strict=True))
    return Stored({**expected.merged, **vectors, "connector": state}, 1)


def living(index: Index) -> str:
    return next(key for key, there in index.items() if there.found)


def deleted(index: Index) -> str:
    return next(key for key, there in index.items() if not there.found)


def forget(index: Index) -> str:
    """Acknowledge a create and write nothing."""
    del index[key := living(index)]
    return key


def skip_update(index: Index) -> str:
    """Acknowledge an update and write nothing: the one before it still stands."""
    key, before = UPDATED[0].id, fold(UPDATED[:1])[UPDATED[0].id]
    versions = {"versions": dict(before.versions), "deleted": False}
    source = {**index[key].source, **before.merged, "connector": versions}
    index[key] = Stored(source, 1)
    return key


def swap_versions(index: Index) -> str:
    """Give two products each other's version."""
    one, other = [key for key, there in index.items() if there.found][:2]
    states = {key: index[key].source["connector"] for key in (one, other)}
    index[one] = Stored({**index[one].source, "connector": states[other]}, 1)
    index[other] = Stored({**index[other].source, "connector": states[one]}, 1)
    return one


def lose_delete(index: Index) -> str:
    """Leave a product that was deleted as it was before."""
    key = deleted(index)
    state = {"versions": {"product": 1}, "deleted": False}
    index[key] = Stored({"title": "old hat", "connector": state}, 1)
    return key


def bury_unmarked(index: Index) -> str:
    """Remove a deleted product without leaving its tombstone."""
    del index[key := deleted(index)]
    return key


def keep_text(index: Index) -> str:
    """Leave a deleted product's text in its tombstone."""
    key = deleted(index)
    index[key] = Stored({**index[key].source, "title": "old hat"}, 0)
    return key


def find_twice(index: Index) -> str:
    """Let a search find one product in two places."""
    key = living(index)
    index[key] = Stored(index[key].source, 2)
    return key


def invent(index: Index) -> str:
    """Let a search find what was never sent."""
    index["p999"] = Stored({"connector": {"deleted": True}}, 1)
    return "p999"


def swap_vectors(index: Index) -> str:
    """Give one product another's vectors."""
    one, other = [key for key, there in index.items() if there.found][:2]
    vectors = {k: v for k, v in index[other].source.items() if k.endswith("_vector")}
    index[one] = Stored({**index[one].source, **vectors}, 1)
    return one


def drop_vector(index: Index) -> str:
    """Write one product without a vector."""
    source = dict(index[key := living(index)].source)
    del source["body_vector"]
    index[key] = Stored(source, 1)
    return key


def misread(index: Index) -> str:
    """Change one field of one product."""
    key = living(index)
    index[key] = Stored({**index[key].source, "stock": -1}, 1)
    return key


MUTANTS = [
    (forget, "lost"),
    (skip_update, "stale"),
    (swap_versions, "stale"),
    (lose_delete, "resurrected"),
    (bury_unmarked, "unguarded"),
    (keep_text, "unguarded"),
    (find_twice, "duplicated"),
    (invent, "unknown"),
    (swap_vectors, "detached"),
    (drop_vector, "detached"),
    (misread, "stale"),
]


def test_the_right_index_passes(index: Index, encode: Callable[[list[str]], Any]) -> None:
    """Live products, tombstones and vectors, as the log has them."""
    verdict = compare(fold(LOG), index, texts, encode)
    assert verdict.sound, str(verdict)
    assert verdict.checked == len(index)
    assert 0 < verdict.alive < verdict.checked


@pytest.mark.parametrize(("mutate", "fault"), MUTANTS, ids=[m.__name__ for m, _ in MUTANTS])
def test_an_index_that_is_wrong_fails(
    index: Index, encode: Callable[[list[str]], Any], mutate: Callable[[Index], str], fault: str
) -> None:
    """One product is enough, and it is named under the fault it has."""
    product = mutate(index)
    verdict = compare(fold(LOG), index, texts, encode)
    assert product in getattr(verdict, fault), str(verdict)
    assert f"1 {fault}" in str(verdict) or mutate is swap_versions


def test_the_highest_version_wins_and_of_equals_the_first() -> None:
    """Late changes and repeats change nothing."""
    log = [
        Change("a", 2, {"title": "second"}),
        Change("a", 1, None),
        Change("a", 2, {"title": "repeat"}),
    ]
    assert fold(log)["a"].merged == {"title": "second"}


def test_a_stream_of_its_own_makes_no_product_and_survives_one() -> None:
    """A price alone is not found; with its product it is part of it, whoever came first."""
    price = Change("a", 7, {"price": 3}, "price")
    assert not fold([price])["a"].alive
    both = fold([price, Change("a", 1, {"title": "hat"})])["a"]
    assert both.alive
    assert both.merged == {"title": "hat", "price": 3}
    assert both.versions == {"price": 7, "product": 1}
