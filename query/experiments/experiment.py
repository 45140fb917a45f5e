"""What an experiment is: two rankings of one catalogue, and when it ends."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connector.errors import UsageError
from query.request import System
from query.weights.model import Model

CONTROL, TREATMENT = "control", "treatment"
Decision = Literal["treatment", "control", "same", "guard", "invalid", "undecided", "stopped"]


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variant(_Kept):
    """A ranking.

    Attributes:
        system: that answers.
        weights: of `hybrid`; None for those in force.
    """

    system: System = "hybrid"
    weights: Model | None = None


class Experiment(_Kept):
    """Two rankings, and who sees them.

    Attributes:
        name: of the experiment; who sees what depends on it.
        catalogue: alias that is searched.
        kind: `ab` shows each shopper one ranking, `interleaved` both in one list.
        control: what is shown today.
        treatment: what may be better.
        traffic: share of the shoppers who take part.
        margin: a difference of the click share below this is none.
        days: it ends undecided after so many.
        started: with its time zone.
        stopped: likewise; None while it runs.
        decision: why it was stopped.
        report: figures when it was stopped.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")
    catalogue: str
    kind: Literal["ab", "interleaved"] = "ab"
    control: Variant = Variant()
    treatment: Variant
    traffic: float = Field(1.0, gt=0, le=1)
    margin: float = Field(0.01, gt=0, lt=1)
    days: int = Field(28, ge=1)
    started: datetime
    stopped: datetime | None = None
    decision: Decision | None = None
    report: dict[str, object] | None = None

    def variant(self, name: str) -> Variant:
        """Return a ranking by its name."""
        return self.treatment if name == TREATMENT else self.control


def begun(name: str, **values: Any) -> Experiment:
    """Return a new experiment.

    Args:
        name: of the experiment, as somebody typed it.
        values: the others, see `Experiment`.

    Raises:
        UsageError: names the first value that cannot be.
    """
    try:
        return Experiment(name=name, **values)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where, said = ".".join(map(str, fault["loc"])), fault["msg"].lower()
        if where == "name":
            said = "it has small letters, digits, - and _, 61 at most, and no - or _ in front"
        raise UsageError(f"experiment {name!r}: {where}: {said}") from None
