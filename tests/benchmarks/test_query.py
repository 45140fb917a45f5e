import threading
from pathlib import Path

import pytest

from benchmarks.parts import Watch
from benchmarks.query import AGAINST, SYSTEMS, figures, measure, texts, turns
from query.request import System


def test_no_system_always_comes_first() -> None:
    """In as many turns as there are systems each of them is first once."""
    assert {systems[0] for _, systems in turns(1, len(SYSTEMS))} == set(SYSTEMS)


def test_every_turn_asks_all_systems() -> None:
    """Rounds times blocks turns are taken, each by all systems."""
    taken = list(turns(3, 5))
    assert len(taken) == 15
    assert all(set(systems) == set(SYSTEMS) for _, systems in taken)


@pytest.mark.parametrize("clients", [1, 8])
def test_all_systems_are_asked_every_query(clients: int) -> None:
    """Each system answers each query once a round, from so many threads at most."""
    asked: list[tuple[str, str]] = []
    threads: set[str] = set()

    def ask(system: System, text: str) -> None:
        asked.append((system, text))
        threads.add(threading.current_thread().name)

    queries = [str(number) for number in range(100)]
    found = measure(ask, queries, 2, clients)
    assert set(found) == set(SYSTEMS)
    assert sorted(asked) == sorted((s, q) for s in SYSTEMS for q in queries for _ in range(2))
    assert len(threads) <= clients


def test_ratios_are_of_the_same_load() -> None:
    """A ratio is the p50 over that of the opponent; the rate counts searches a second."""
    times = {system: [2.0, 4.0, 6.0] for system in SYSTEMS}
    times["bm25"] = [1.0, 1.0, 1.0]
    found = figures(times, dict.fromkeys(SYSTEMS, 0.5))
    assert found[AGAINST].ratio == 1.0
    assert found["bm25"].ratio == 0.25
    assert found["hybrid"].rate == 6.0


def test_each_query_is_taken_once(tmp_path: Path) -> None:
    """Queries of several files are asked once each, in order."""
    for name, rows in (("a", "1\tkettle\n2\tpan\n"), ("b", "3\tpan\n4\tpot\n")):
        (tmp_path / name).write_text("query_id\tquery\n" + rows, encoding="utf-8")
    assert texts([tmp_path / "a", tmp_path / "b"]) == ["kettle", "pan", "pot"]


def test_parts_add_up_query_by_query() -> None:
    """The median of parts together is that of their sums, not the sum of their medians."""
    watch = Watch()
    for one, other in ((1.0, 5.0), (2.0, 0.0), (3.0, 1.0)):
        watch.note("one", one, one)
        watch.note("other", other, other)
    watch.together("both", ("one", "other"))
    assert {part.name: part.p50 for part in watch.parts()} == {
        "one": 2.0,
        "other": 1.0,
        "both": 4.0,
    }
