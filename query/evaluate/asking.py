"""Everything that one evaluation asks of a live index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.errors import RequestError
from connector.settings import Settings
from connector.telemetry import progress
from query.evaluate import runs
from query.evaluate.ablation import Ablation, ablate
from query.evaluate.judgments import Judgments
from query.evaluate.metrics import CUTOFF
from query.evaluate.runs import Ask, Run

if TYPE_CHECKING:
    from query.evaluate.live import Live

ALL = "all"
# Rankings of the engine's own: there is nothing in them to leave out.
_WHOLE = ("bm25", "native", "strong")


@dataclass(frozen=True)
class Questions:
    """What is asked.

    Attributes:
        systems: each of them every query.
        parts: each left out of the last system, once; ALL for every part it has.
        titles: of so many first products of every run and query are looked up.
        stored: runs that are compared, too.
    """

    systems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    titles: int = 0
    stored: tuple[Run, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            RequestError: an ablation without a system, or of one that has no parts.
        """
        if self.parts and (not self.systems or self.systems[-1] in _WHOLE):
            what = f"{self.systems[-1]} is the engine's own ranking" if self.systems else "none is"
            raise RequestError(
                f"--ablate leaves parts out of the last --system, and {what}; add --system hybrid"
            )


@dataclass(frozen=True)
class Answers:
    """What came back.

    Attributes:
        runs: one per system asked.
        ablation: of the last system; None when it was not asked for.
        titles: by product id.
    """

    runs: list[Run] = field(default_factory=list)
    ablation: Ablation | None = None
    titles: Mapping[str, str] = field(default_factory=dict)


def ask(settings: Settings, alias: str, questions: Questions, judged: Judgments) -> Answers:
    """Ask a live index, with progress on standard error.

    Raises:
        RequestError: a part that does not exist, or that the settings leave out already.
        IndexMissingError, ClusterUnavailableError, …: see `query.search.Searcher`.
    """
    from query.evaluate import live

    with live.opened(settings, alias) as index:
        # Before anything is asked, so that a misspelled part is said at once.
        parts = _parts(questions.parts, index)
        found = _collect("evaluating", index.systems(questions.systems), judged, runs.DEPTH)
        ablation = _ablation(index, found[-1], parts, judged) if questions.parts else None
        shown = _first([*questions.stored, *found], judged, questions.titles)
        return Answers(found, ablation, index.titles(shown))


def _parts(asked: Sequence[str], index: "Live") -> tuple[str, ...]:
    there = index.parts()
    if ALL in asked:
        return there
    for name in asked:
        if name in index.quarantined:
            raise RequestError(f"part {name!r} is left out already, by search.quarantined")
        if name not in there:
            raise RequestError(f"unknown part {name!r}; there are {', '.join(there)}")
    return tuple(dict.fromkeys(asked))


def _ablation(index: "Live", whole: Run, parts: Sequence[str], judged: Judgments) -> Ablation:
    asked = index.without(whole.name, parts)
    found = {run.name: run for run in _collect("leaving out", asked, judged, CUTOFF)}
    return ablate(judged, whole, found, index.quarantined)


def _collect(title: str, asked: Mapping[str, Ask], judged: Judgments, depth: int) -> list[Run]:
    with progress(title, len(asked) * len(judged.queries), "queries") as bar:
        return runs.collect(asked, judged.queries, bar.update, depth)


def _first(shown: Sequence[Run], judged: Judgments, count: int) -> list[str]:
    ids = [id_ for run in shown for query in judged.queries for id_ in run.first(query, count)]
    return list(dict.fromkeys(ids))
