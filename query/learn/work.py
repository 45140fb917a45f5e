"""What a round needs of the outside: shoppers, judged queries, an index, a place for weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from query.experiments.experiment import Decision
from query.ranking import Floats
from query.weights.model import Model

Json = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """Weights that were learned.

    Attributes:
        model: the weights.
        gain: nDCG@10 on the clicks, of queries not learned from, less that of the weights in force.
        faults: why training's own gate refuses them, in sentences.
    """

    model: Model
    gain: float
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Golden:
    """What queries that people judged say, Q in number.

    Attributes:
        candidate: (Q,), nDCG@10 with the candidate.
        in_force: (Q,), with the weights in force.
        slices: of each query, value by dimension.
    """

    candidate: Floats
    in_force: Floats
    slices: Sequence[Mapping[str, str]]


class Work(Protocol):
    """Does the work of the steps; each call may be made again after a crash."""

    @property
    def in_force(self) -> Model:
        """The weights that rank today."""

    def judge(self, folder: Path) -> Json:
        """Make judgments of clicks in `folder`; return figures.

        Raises:
            JudgmentsError: there is too little behaviour.
        """

    def train(self, folder: Path) -> Candidate:
        """Learn from the judgments in `folder`.

        Raises:
            WeightsError: too few queries.
        """

    def golden(self, candidate: Model) -> Golden:
        """Compare on judgments of people."""

    def begin(self, name: str, candidate: Model) -> None:
        """Begin an experiment; nothing where it began before.

        Raises:
            RefusedError: another one runs.
        """

    def ended(self, name: str) -> tuple[Decision | None, str]:
        """Return what an experiment's stop rule says, and why; end it where it says so."""

    def release(self, candidate: Model) -> bool:
        """Put weights in force where that is allowed, and say whether it was."""
