"""From judged queries to a model with its report, and whether it may be put in force."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from query.ranking import Floats
from query.weights.crossvalidate import FOLDS, folds, held_out
from query.weights.features import Features
from query.weights.gate import Verdict, judge
from query.weights.learner import Learning, learn
from query.weights.model import Model, Source, Term, Training
from query.weights.pool import Pool, Rivals
from query.weights.report import Measured, report


@dataclass(frozen=True)
class Trained:
    """What training made.

    Attributes:
        model: with its report.
        verdict: against the weights in force.
    """

    model: Model
    verdict: Verdict


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
        WeightsError: too few queries, or too few whose graded products are found, a catalogue
            twice, or features of another first pass.
    """
    learning = learning or Learning()
    pool = Pool.of(samples, rivals)
    weights = learn(pool.table, pool.groups, pool.start, learning)
    measured = _measured(pool, rivals, learning)
    learned, in_force = measured.worth["held_out"], measured.worth["in_force"]
    # Weights that nothing speaks for would replace those that something spoke for once.
    verdict = judge(learned, in_force, pool.slices, must_differ=True)
    training = Training(
        sources=tuple(_source(sample) for sample in samples),
        start=_named(pool, pool.start.weights),
        settings={**asdict(learning), "folds": FOLDS},
        report=report(pool, measured, verdict),
    )
    terms = {
        name: Term(weight=weight, sign=pool.signs[name])
        for name, weight in _named(pool, weights).items()
    }
    first_pass = rivals.start.first_pass
    made = Model(terms=terms, first_pass=first_pass, created=day.isoformat(), trained=training)
    return Trained(made, verdict)


def _measured(pool: Pool, rivals: Rivals, learning: Learning) -> Measured:
    parts = folds(pool.groups, FOLDS, learning.seed)
    worth = {name: pool.table.measure(pool.weights(model)) for name, model in rivals.each.items()}
    worth["held_out"] = held_out(pool.table, pool.groups, parts, pool.start, learning)
    if len(pool.names) > 1:
        worth["unseen"] = held_out(pool.table, pool.groups, pool.groups, pool.start, learning)
    return Measured(worth, parts)


def _named(pool: Pool, weights: Floats) -> dict[str, float]:
    """Return weights by term as the file shows them; adding 0 takes the sign off a zero."""
    pairs = zip(pool.signs, weights.tolist(), strict=True)
    return {name: round(weight, 4) + 0.0 for name, weight in pairs}


def _source(sample: Features) -> Source:
    return Source(
        catalogue=sample.catalogue,
        encoder=sample.encoder,
        queries=len(sample.queries),
        judgments=sample.judgments,
    )
