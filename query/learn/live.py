"""The work of a round on a live index, with real shoppers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import connect, faults
from connector.errors import UsageError
from connector.settings import Settings
from query.clicks.judgments import Wanted, make_judgments
from query.experiments import store
from query.experiments.experiment import Decision, Experiment, Variant
from query.experiments.stored import judged
from query.learn.work import Candidate, Golden
from query.ubi.indices import Names
from query.weights import live
from query.weights.files import in_force, write
from query.weights.model import Model
from query.weights.pool import Pool, Rivals
from query.weights.training import train

Json = dict[str, Any]


@dataclass(frozen=True)
class Live:
    """A catalogue that learns.

    Attributes:
        settings: how to reach the cluster; `search.weights` names what is in force.
        alias: of the catalogue.
        wanted: which clicks are judged.
        golden_queries: TSV of queries that people judged.
        golden_qrels: their judgments.
        may_release: whether a candidate that shoppers prefer is put in force.
        interleaved: experiments show both rankings in one list.
    """

    settings: Settings
    alias: str
    wanted: Wanted
    golden_queries: Path
    golden_qrels: Path
    may_release: bool
    interleaved: bool

    @property
    def in_force(self) -> Model:
        """The weights that rank today."""
        return in_force(self._file)

    def judge(self, folder: Path) -> Json:
        """Make judgments of the last days' clicks."""
        for name in ("qrels.tsv", "queries.tsv"):
            # Left by a call that did not come to its end.
            (folder / name).unlink(missing_ok=True)
        return make_judgments(self.settings, self.alias, self.wanted, folder)

    def train(self, folder: Path) -> Candidate:
        """Learn from the judgments, starting from the weights in force."""
        judged = (folder / "queries.tsv", folder / "qrels.tsv")
        features = live.ask(self.settings, self.alias, *judged, self._file)
        rivals = Rivals(start=self.in_force, in_force=self.in_force)
        trained = train([features], rivals, datetime.now(UTC).date())
        gain = trained.verdict.overall.difference.interval.mean
        return Candidate(trained.model, gain, trained.verdict.reasons)

    def golden(self, candidate: Model) -> Golden:
        """Ask the index what people judged."""
        judged = (self.golden_queries, self.golden_qrels)
        features = live.ask(self.settings, self.alias, *judged, self._file)
        pool = Pool.of([features], Rivals(start=self.in_force, in_force=self.in_force))
        worth = [pool.table.measure(pool.weights(one)) for one in (candidate, self.in_force)]
        return Golden(worth[0], worth[1], pool.slices)

    def begin(self, name: str, candidate: Model) -> None:
        """Begin an experiment of the candidate against what is in force."""
        with faults("starting an experiment", self.settings.opensearch.url):
            if self._found(name):
                return
            experiment = Experiment(
                name=name,
                catalogue=self.alias,
                kind="interleaved" if self.interleaved else "ab",
                treatment=Variant(weights=candidate),
                started=datetime.now(UTC),
            )
            store.start(self._client, experiment)

    def ended(self, name: str) -> tuple[Decision | None, str]:
        """Ask the stop rule, and stop the experiment where it says so."""
        with faults("reading an experiment", self.settings.opensearch.url):
            names, now = Names.of(self.settings.behaviour), datetime.now(UTC)
            experiment, verdict = judged(self._client, names, name, now)
            if experiment.decision is None and verdict.decision:
                decision = verdict.decision
                experiment = store.stop(self._client, experiment, decision, verdict, now)
        return experiment.decision, verdict.reason

    def release(self, candidate: Model) -> bool:
        """Write the weights file, where that is allowed."""
        if not self.may_release or not self.settings.search.weights:
            return False
        write(self.settings.search.weights, candidate)
        return True

    @property
    def _file(self) -> Path | None:
        """The weights file, where something was released before."""
        file = self.settings.search.weights
        return file if file and file.exists() else None

    @cached_property
    def _client(self) -> OpenSearch:
        return connect(self.settings.opensearch)

    def _found(self, name: str) -> bool:
        try:
            store.read(self._client, name)
        except UsageError:
            return False
        return True
