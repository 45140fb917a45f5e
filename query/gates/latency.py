"""Gate `latency`: the slowest twentieth of searches waits about as long as before."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from mappings.gate import Crossing, Verdict
from query.gates.questions import questions
from query.gates.sides import first_page, sides
from query.search import Searcher

NAME = "latency"
SLOWER = 1.5
# Below this nobody feels a difference.
FLOOR_MS = 5.0
_WARMING = 20
# Of 20 searches one decides the p95, and a busy machine may have held up just that one.
_RESAMPLES, _SEED = 2_000, 7


def gate(crossing: Crossing, clock: Callable[[], float] = time.perf_counter) -> Verdict:
    """Ask both indices in turn, so that what else the cluster does slows both.

    Each query once, its vector included, after others have warmed both up; the one that begins
    takes turns, too.
    """
    texts = list(questions(crossing).texts.values())
    warming, measured = texts[:_WARMING], texts[_WARMING:][: crossing.sample] or texts
    with sides(crossing) as (old, new):
        for text in warming:
            first_page(old, text)
            first_page(new, text)
        times: dict[Searcher, list[float]] = {old: [], new: []}
        for number, text in enumerate(measured):
            for searcher in (old, new) if number % 2 else (new, old):
                times[searcher].append(_time(searcher, text, clock))
    return judge(times[old], times[new])


def judge(old: Sequence[float], new: Sequence[float]) -> Verdict:
    """Compare the p95 of the same searches on both indices; chance alone refuses nothing.

    Args:
        old: milliseconds of each search on the old index.
        new: of the same searches on the new one; none where there is no product to ask for.
    """
    if not new:
        return Verdict(NAME, passed=True, figures={"searches": 0})
    before, after = (float(np.percentile(times, 95)) for times in (old, new))
    low, high = _interval(np.array(old), np.array(new))
    figures: dict[str, float | str] = {
        "searches": len(new),
        "p95": f"{after:.1f} ms ({before:.1f} ms)",
        "95 %": f"{low:.2f} to {high:.2f} times",
    }
    if after <= before + FLOOR_MS or low <= SLOWER:
        return Verdict(NAME, passed=True, figures=figures)
    return Verdict(
        NAME,
        passed=False,
        figures=figures,
        reason=f"p95 of {len(new)} searches is {after:.1f} ms on the new index and {before:.1f} ms "
        f"on the old one, asked in turn: {low:.2f} to {high:.2f} times as long (95 %), expected at "
        f"most {SLOWER:g}; wait until its segments are merged, or look at the model's time, shards "
        "and knn settings, and go on with `connector reindex resume`",
    )


def _interval(old: np.ndarray, new: np.ndarray) -> tuple[float, float]:
    """Return between which ratios of the two p95 lie 95 % of resamples of the same searches."""
    chosen = np.random.default_rng(_SEED).integers(len(old), size=(_RESAMPLES, len(old)))
    ratios = np.percentile(new[chosen], 95, axis=1) / np.percentile(old[chosen], 95, axis=1)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)


def _time(searcher: Searcher, text: str, clock: Callable[[], float]) -> float:
    begin = clock()
    first_page(searcher, text)
    return (clock() - begin) * 1000
