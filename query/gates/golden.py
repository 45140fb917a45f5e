"""Gate `golden-queries`: rankings no worse than the old index's, or not far from them."""

from collections.abc import Mapping, Sequence

from mappings.gate import Crossing, Verdict
from query.evaluate import runs
from query.evaluate.compare import Difference, compare, interval
from query.evaluate.metrics import CUTOFF, MAIN, measure
from query.evaluate.runs import Run
from query.gates.questions import Questions, questions
from query.gates.sides import first_page, sides

NAME = "golden-queries"
# nDCG@10 that a switch may cost at worst, at the low end of the 95 % interval.
MARGIN = 0.02
# Share of the first ten that both indices have, at the low end of its 95 % interval.
OVERLAP = 0.5


def gate(crossing: Crossing) -> Verdict:
    """Ask both indices every golden query as clients do, and compare query by query.

    With judgments nDCG@10 decides, by the paired tests of `query.evaluate.compare`; without them
    only the old ranking is known to be good, and how much of it stays.
    """
    asked = questions(crossing)
    old, new = _ask(crossing, asked)
    if asked.grades is None:
        return _by_overlap(asked, old, new)
    return _by_judgments(asked.grades, old, new)


def _ask(crossing: Crossing, asked: Questions) -> tuple[Run, Run]:
    with sides(crossing) as (old, new):
        systems = {
            "old": lambda text, depth: first_page(old, text, depth),
            "new": lambda text, depth: first_page(new, text, depth),
        }
        first, second = runs.collect(systems, asked.texts, lambda *_: None, CUTOFF)
    return first, second


def _by_judgments(grades: Mapping[str, Mapping[str, int]], old: Run, new: Run) -> Verdict:
    before, after = measure(old, grades), measure(new, grades)
    difference = compare(after.main(grades), before.main(grades))
    figures: dict[str, float | str] = {
        "queries": len(grades),
        MAIN: f"{after.mean[MAIN]:.4f} ({before.mean[MAIN]:.4f})",
        "difference": f"{difference.interval.mean:+.4f}",
        "95 %": f"{difference.interval.low:+.4f} to {difference.interval.high:+.4f}",
        "p": round(difference.p, 4),
    }
    why = "" if difference.verdict == "better" else _worse(difference, len(grades))
    return Verdict(NAME, not why, figures, why)


def _worse(difference: Difference, queries: int) -> str:
    """Return why a difference is not good enough; empty where it is."""
    found = difference.interval
    if difference.verdict == "worse":
        return (
            f"the new index ranks worse: {found.mean:+.4f} {MAIN} over {queries} queries "
            f"(95 % {found.low:+.4f} to {found.high:+.4f}, p {difference.p:.4f}), "
            f"{difference.losses} lost and {difference.wins} won; choose another model or mapping, "
            "and look at single queries with `connector explain`"
        )
    if found.low <= -MARGIN:
        return (
            f"{queries} queries do not rule out that the new index loses {-found.low:.4f} {MAIN} "
            f"(95 %), more than {MARGIN} is not neutral; judge more queries "
            "(`connector judgments pool`)"
        )
    return ""


def _by_overlap(asked: Questions, old: Run, new: Run) -> Verdict:
    shares = [overlap(old.first(query, CUTOFF), new.first(query, CUTOFF)) for query in asked.texts]
    if not shares:
        # The old index is empty: there is no ranking that could be lost.
        return Verdict(NAME, passed=True, figures={asked.source: 0})
    found = interval(shares)
    figures: dict[str, float | str] = {
        asked.source: len(shares),
        f"overlap@{CUTOFF}": round(found.mean, 4),
        "95 %": f"{found.low:.4f} to {found.high:.4f}",
    }
    if found.low >= OVERLAP:
        return Verdict(NAME, passed=True, figures=figures)
    return Verdict(
        NAME,
        passed=False,
        figures=figures,
        reason=f"of the first {CUTOFF} products of {len(shares)} {asked.source} {found.mean:.0%} "
        f"stay (95 % at least {found.low:.0%}, expected {OVERLAP:.0%}): whether the others are "
        "better nobody knows; judge some queries (`connector judgments pool`) and give them with "
        "--queries and --qrels",
    )


def overlap(old: Sequence[str], new: Sequence[str]) -> float:
    """Return the share of two rankings' products that both have, 0 to 1; of two empty ones 1."""
    longest = max(len(old), len(new))
    return len(set(old) & set(new)) / longest if longest else 1.0
