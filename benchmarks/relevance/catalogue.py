"""One loaded catalogue: every system's answers to its judged queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from connector.settings import Settings
from query.evaluate import judgments, runs
from query.evaluate.asking import Questions, ask
from query.evaluate.judgments import Judgments
from query.evaluate.metrics import MAIN, Scores, measure
from query.evaluate.runs import Run

# Shares of the vectors that native hybrid is tried with; it is shown at its best.
SHARES = tuple(round(0.1 * step, 1) for step in range(1, 10))


@dataclass(frozen=True)
class Loaded:
    """A catalogue in the index of its own name.

    Attributes:
        name: alias of the index, and folder of the data.
        folder: holds `queries.tsv` and `qrels.tsv`.
        settings: how to reach the cluster.
    """

    name: str
    folder: Path
    settings: Settings

    @cached_property
    def judged(self) -> Judgments:
        """Its queries and grades."""
        return judgments.read(self.folder / "queries.tsv", self.folder / "qrels.tsv")

    def ask(self, *systems: str) -> list[Run]:
        """Return the answers of systems as the settings have them."""
        return ask(self.settings, self.name, Questions(systems), self.judged).runs

    def native(self) -> Run:
        """Return native hybrid at the share of the vectors that suits this catalogue best."""
        tried = [(share, self._native(share)) for share in SHARES]
        share, best = max(tried, key=lambda one: self.scores(one[1]).mean[MAIN])
        return Run(f"native {share}", best.rankings)

    def scores(self, run: Run) -> Scores:
        """Return a run's measures."""
        return measure(run, self.judged.grades)

    def write(self, found: Iterable[Run], folder: Path) -> None:
        """Write runs into a folder of the catalogue's name, for `connector evaluate --against`."""
        for run in found:
            runs.write(Run(run.name.replace(" ", "-"), run.rankings), folder / self.name)

    def _native(self, share: float) -> Run:
        search = self.settings.search.model_copy(update={"vector_weight": share})
        settings = self.settings.model_copy(update={"search": search})
        return ask(settings, self.name, Questions(("native",)), self.judged).runs[0]
