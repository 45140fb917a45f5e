import math
from datetime import time

import pytest

from connector.errors import UsageError
from ingest.reindex.throttle.decide import LEAST, Limits, Pace, Seen, decide
from ingest.reindex.throttle.window import Window, inside

NOON = time(12)
NIGHT = Window.parse("22:00-06:00")


@pytest.mark.parametrize(
    "seen",
    [
        Seen(rejected=1, carried=1000),
        Seen(search_ms=50, usual_ms=20, carried=1000),
        Seen(heap=0.86, carried=1000),
    ],
)
def test_trouble_halves_what_was_carried(seen: Seen) -> None:
    """Rejections, slow searches and a full heap, each by itself; the reason is told."""
    pace = decide(Pace(), seen, Limits(), NOON)
    assert (pace.rate, pace.held) == (500, False)
    assert pace.why


@pytest.mark.parametrize(
    ("seen", "windows", "why"),
    [
        (Seen(disk=1.01), (), "high watermark"),
        (Seen(heap=0.93), (), "heap is 93% full"),
        (Seen(), (NIGHT,), "outside the hours"),
    ],
)
def test_what_could_break_the_cluster_holds_everything(
    seen: Seen, windows: tuple[Window, ...], why: str
) -> None:
    """No rate is slow enough for a full disk, nor for the shop's busy hours."""
    pace = decide(Pace(), seen, Limits(windows=windows), NOON)
    assert pace.held
    assert why in pace.why


def test_without_trouble_nothing_is_held_back() -> None:
    """Searches that take twice a few milliseconds are not felt."""
    assert decide(Pace(), Seen(search_ms=9, usual_ms=3, carried=1000), Limits(), NOON) == Pace()


def test_the_rate_comes_back_step_by_step() -> None:
    """And is free again when something else is what limits."""
    pace = decide(Pace(), Seen(rejected=5, carried=1000), Limits(), NOON)
    rates = []
    for _ in range(7):
        pace = decide(pace, Seen(carried=pace.rate), Limits(), NOON)
        rates.append(pace.rate)
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(500 * 1.1**7)
    assert decide(pace, Seen(carried=100), Limits(), NOON).rate == math.inf


def test_the_hard_cap_is_never_passed() -> None:
    """However well the nodes do, and after trouble."""
    limits = Limits(rate=300)
    assert decide(Pace(300), Seen(carried=100), limits, NOON).rate == 300
    assert decide(Pace(300), Seen(rejected=1, carried=1000), limits, NOON).rate == 150


def test_trouble_does_not_bring_it_to_a_stop() -> None:
    """A run that crawls still ends; what has to stand still is held."""
    pace = Pace(1000)
    for _ in range(20):
        pace = decide(pace, Seen(rejected=9, carried=pace.rate), Limits(), NOON)
    assert pace.rate == LEAST


@pytest.mark.parametrize(
    ("at", "open_"), [("21:59", False), ("22:00", True), ("03:00", True), ("06:00", False)]
)
def test_windows_go_over_midnight(at: str, open_: bool) -> None:
    """The end is outside."""
    assert inside((NIGHT,), time.fromisoformat(at)) is open_


@pytest.mark.parametrize("text", ["22-6", "25:00-06:00", "night", "22:00"])
def test_a_window_of_another_form_is_refused(text: str) -> None:
    """With one of the right form."""
    with pytest.raises(UsageError, match="22:00-06:00"):
        Window.parse(text)
