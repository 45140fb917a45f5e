"""From judged queries to a model with its report, and whether it may be put in force."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np

from connector.errors import WeightsError
from query.evaluate.compare import compare
from query.ranking import Floats
from query.weights import crossvalidate
from query.weights.features import Features, Judged
from query.weights.gate import Verdict, judge
from query.weights.learner import Learning, Start, learn, unit
from query.weights.model import Model, Source, Term, Training, shipped
from query.weights.table import Indices, Table, table_of

# Fewer teach nothing that would not be chance.
LEAST = 10
MEASURE = "nDCG@10"


@dataclass(frozen=True)
class Trained:
    """What training made.

    Attributes:
        model: with its report.
        verdict: against the weights in force.
    """

    model: Model
    verdict: Verdict


@dataclass(frozen=True)
class Rivals:
    """Weights that learned ones are compared with.

    Attributes:
        start: that learning starts from and is pulled towards.
        in_force: that rank today.
        hand: set by hand, before any learning.
    """

    start: Model
    in_force: Model
    hand: Model = field(default_factory=lambda: shipped("hand"))

    @property
    def signs(self) -> dict[str, Literal["+", "-"]]:
        """Return the sign of every term that any of them has."""
        every = {**self.hand.terms, **self.in_force.terms, **self.start.terms}
        return {name: term.sign for name, term in every.items()}


def train(
    samples: Sequence[Features], rivals: Rivals, day: date, learning: Learning | None = None
) -> Trained:
    """Learn weights and measure them on queries they were not learned from.

    Args:
        samples: one per catalogue.
        rivals: weights to start from and to compare with.
        day: today.
        learning: how.

    Raises:
        WeightsError: too few queries, or features that another first pass made.
    """
    learning = learning or Learning()
    _require(samples, rivals)
    pool = _Pool.of(samples, tuple(rivals.signs))
    signs = rivals.signs
    start = Start(
        unit(pool.weights(rivals.start)),
        np.array([1.0 if sign == "+" else -1.0 for sign in signs.values()], np.float32),
    )
    weights = learn(pool.table, pool.groups, start, learning)
    measured = _measured(pool, rivals, start, learning)
    verdict = judge(measured["held_out"], measured["in_force"], pool.slices)
    training = Training(
        sources=tuple(_source(sample) for sample in samples),
        start={name: round(float(x), 4) for name, x in zip(pool.terms, start.weights, strict=True)},
        settings={**asdict(learning), "folds": crossvalidate.FOLDS},
        report=_report(pool, measured, verdict),
    )
    terms = {
        name: Term(weight=round(float(weight), 4) + 0.0, sign=signs[name])
        for name, weight in zip(pool.terms, weights, strict=True)
    }
    first_pass = rivals.start.first_pass
    made = Model(terms=terms, first_pass=first_pass, created=day.isoformat(), trained=training)
    return Trained(made, verdict)


@dataclass(frozen=True)
class _Pool:
    """All queries of all catalogues."""

    terms: tuple[str, ...]
    names: tuple[str, ...]
    queries: tuple[Judged, ...]
    groups: Indices
    table: Table

    @classmethod
    def of(cls, samples: Sequence[Features], terms: tuple[str, ...]) -> "_Pool":
        queries = tuple(one for sample in samples for one in sample.ordered(terms).queries)
        sizes = [len(sample.queries) for sample in samples]
        names = tuple(sample.catalogue for sample in samples)
        return cls(
            terms, names, queries, np.repeat(np.arange(len(sizes)), sizes), table_of(queries)
        )

    @property
    def slices(self) -> list[Mapping[str, str]]:
        named = zip(self.queries, self.groups, strict=True)
        return [{"catalogue": self.names[group], **one.slices} for one, group in named]

    def weights(self, model: Model) -> Floats:
        return np.array([model.weights.get(name, 0.0) for name in self.terms], np.float32)


def _require(samples: Sequence[Features], rivals: Rivals) -> None:
    queries = sum(len(sample.queries) for sample in samples)
    if queries < LEAST:
        raise WeightsError(f"{queries} judged queries are too few to learn from; bring {LEAST}")
    made = rivals.start.first_pass
    for sample in samples:
        if sample.first_pass != made:
            raise WeightsError(
                f"features of {sample.catalogue} come from another first pass "
                f"({dict(sample.first_pass)}, expected {made}); collect them again"
            )
    if rivals.in_force.first_pass != made:
        raise WeightsError(
            "the weights in force have another first pass than those that are started from; "
            "start from them with --from"
        )


def _measured(pool: _Pool, rivals: Rivals, start: Start, learning: Learning) -> dict[str, Floats]:
    """Return nDCG@10 of each query by name of the weights."""
    parts = crossvalidate.folds(pool.groups, crossvalidate.FOLDS, learning.seed)
    found = {name: pool.table.measure(pool.weights(one)) for name, one in vars(rivals).items()}
    found["held_out"] = crossvalidate.held_out(pool.table, pool.groups, parts, start, learning)
    if len(pool.names) > 1:
        found["unseen"] = crossvalidate.held_out(
            pool.table, pool.groups, pool.groups, start, learning
        )
    return found


def _report(pool: _Pool, measured: Mapping[str, Floats], verdict: Verdict) -> dict[str, Any]:
    catalogues = {
        name: {
            by: round(float(values[pool.groups == group].mean()), 4)
            for by, values in measured.items()
        }
        for group, name in enumerate(pool.names)
    }
    against = {
        f"{ours} - {theirs}": _difference(measured[ours], measured[theirs])
        for ours in ("held_out", "unseen")
        for theirs in ("in_force", "start", "hand")
        if ours in measured
    }
    return {
        "measure": MEASURE,
        "catalogues": catalogues,
        "against": against,
        "slices": [one.as_json() for one in verdict.slices],
        "reasons": list(verdict.reasons),
    }


def _difference(ours: Floats, theirs: Floats) -> dict[str, Any]:
    found = compare(ours.tolist(), theirs.tolist())
    rounded = {name: round(value, 4) for name, value in vars(found.interval).items()}
    return {**rounded, "wins": found.wins, "losses": found.losses, "p": round(found.p, 4)}


def _source(sample: Features) -> Source:
    return Source(
        catalogue=sample.catalogue,
        encoder=sample.encoder,
        queries=len(sample.queries),
        judgments=sample.judgments,
    )
