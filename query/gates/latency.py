"""Gate `latency`: the slowest twentieth of searches waits about as long as before."""

import time
from collections.abc import Callable

import numpy as np

from mappings.gate import Crossing, Verdict
from query.gates.questions import questions
from query.gates.sides import first_page, sides
from query.search import Searcher

NAME = "latency"
# Of 200 searches ten are slower than the p95: by so much it moves by chance alone.
SLOWER = 1.5
# Below this nobody feels a difference.
FLOOR_MS = 5.0
_WARMING = 20


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
    before, after = (float(np.percentile(times[searcher], 95)) for searcher in (old, new))
    return judge(before, after, len(measured))


def judge(old: float, new: float, searches: int) -> Verdict:
    """Compare two p95, in milliseconds."""
    most = max(SLOWER * old, old + FLOOR_MS)
    figures: dict[str, float | str] = {"searches": searches, "p95": f"{new:.1f} ms ({old:.1f} ms)"}
    if new <= most:
        return Verdict(NAME, passed=True, figures=figures)
    return Verdict(
        NAME,
        passed=False,
        figures=figures,
        reason=f"p95 of {searches} searches is {new:.1f} ms on the new index and {old:.1f} ms on "
        f"the old one, asked in turn; expected at most {most:.1f} ms: wait until its segments are "
        "merged, or look at the model's time, shards and knn settings, and go on with "
        "`connector reindex resume`",
    )


def _time(searcher: Searcher, text: str, clock: Callable[[], float]) -> float:
    begin = clock()
    first_page(searcher, text)
    return (clock() - begin) * 1000
