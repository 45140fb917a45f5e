import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from plugins.query_shop import Shop

from query.gateway.indices import LOOK_AGAIN, REST_S, Indices, Opened
from query.search import Searcher
from query.weights.files import shipped, write

pytestmark = pytest.mark.server


class Clock:
    """Time that passes when it is told to."""

    now = 1.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock of the test's own."""
    return Clock()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file of weights."""
    file = tmp_path / "weights.json"
    write(file, shipped("hand"))
    return file


@pytest.fixture
def indices(shop: Shop, clock: Clock, weights: Path) -> Iterator[Indices]:
    """The shop's indices, none open yet."""
    search = shop.settings.search.model_copy(update={"weights": weights})
    made = Indices(shop.settings.model_copy(update={"search": search}), clock)
    yield made
    made.close()


def until(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(0.02)


def test_an_index_is_opened_in_the_background(shop: Shop, indices: Indices) -> None:
    """The first who names it does not wait; a name that is none of ours is remembered as such."""
    gc.unfreeze()
    assert indices.get(shop.alias) == indices.get("t-nowhere") == "opening"
    until(lambda: indices.get(shop.alias) != "opening" and indices.get("t-nowhere") != "opening")
    opened = indices.get(shop.alias)
    assert not isinstance(opened, str)
    assert opened.live.physical == f"{shop.alias}-v1"
    assert set(opened.prose) == {"title", "description"}
    # The collector does not look through it again and again, while searches wait.
    assert gc.get_freeze_count() > 100_000
    assert indices.get("t-nowhere") == "foreign"


def test_it_is_ready_when_the_named_were_looked_at(shop: Shop, indices: Indices) -> None:
    """Also when one of them is not there."""
    indices.warm([shop.alias, "t-nowhere"])
    assert not indices.ready
    until(lambda: indices.ready)
    assert [one.live.alias for one in indices.opened()] == [shop.alias]


def test_weights_are_read_again(
    shop: Shop, indices: Indices, clock: Clock, weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A changed file is in force at the next look; a wrong one leaves the last good weights."""
    indices.warm([shop.alias])
    until(lambda: indices.ready)
    (opened,) = indices.opened()
    assert opened.weights.weights == shipped("hand").weights
    write(weights, shipped())
    clock.now += LOOK_AGAIN
    indices.get(shop.alias)
    until(lambda: indices.opened()[0].weights.weights == shipped().weights)
    assert indices.opened()[0].searcher is opened.searcher
    weights.write_text("{")
    clock.now += LOOK_AGAIN
    until(lambda: indices.get(shop.alias) is not None and "last good" in caplog.text)
    assert indices.opened()[0].weights.weights == shipped().weights


def test_what_keeps_one_of_ours_from_being_opened_is_told_once(
    shop: Shop, indices: Indices, clock: Clock, weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Also when no rule names it; a name that is none of ours is not worth a line."""
    weights.write_text("{")
    for _ in range(3):
        clock.now += LOOK_AGAIN
        for name in (shop.alias, "t-nowhere"):
            indices.get(name)
            until(lambda name=name: indices.get(name) == "foreign")  # type: ignore[misc]
            # The next look is asked for after this one has ended.
            indices._thread.submit(lambda: None).result()
    told = [one.getMessage() for one in caplog.records if one.name == "query.gateway.indices"]
    assert len(told) == 1
    assert told[0].startswith(f"the index behind '{shop.alias}' cannot be opened now: ")
    assert "weights.json:1: not JSON" in told[0]
    write(weights, shipped("hand"))
    clock.now += LOOK_AGAIN
    until(lambda: not isinstance(indices.get(shop.alias), str))


def test_names_that_are_none_of_ours_make_room(
    shop: Shop, indices: Indices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are made up, what is ours can still be opened, and stays open."""
    monkeypatch.setattr("query.gateway.indices._MOST", 3)
    for number in range(5):
        name = f"t-nowhere-{number}"
        indices.get(name)
        until(lambda name=name: indices.get(name) == "foreign")  # type: ignore[misc]
    until(lambda: not isinstance(indices.get(shop.alias), str))
    for number in range(5, 10):
        indices.get(f"t-nowhere-{number}")
    assert not isinstance(indices.get(shop.alias), str)


def test_what_was_replaced_is_closed_after_a_rest(
    shop: Shop, indices: Indices, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ranking that is under way ends first; what is in force stays open."""
    closed: list[Searcher] = []
    monkeypatch.setattr(Searcher, "close", lambda one: closed.append(one))  # noqa: PLW0108 - bound
    monkeypatch.setattr(Opened, "same", lambda *_: False)
    indices.warm([shop.alias])
    until(lambda: indices.ready)
    (first,) = indices.opened()
    clock.now += LOOK_AGAIN
    until(lambda: indices.get(shop.alias) is not first)
    (second,) = indices.opened()
    assert closed == []
    clock.now += REST_S
    until(lambda: indices.get(shop.alias) is not second)
    assert closed == [first.searcher]
