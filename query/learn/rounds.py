"""One round: judgments, training, gate, proposal, experiment, record. Each step is done once.

`advance` may be called at any time, also after it was killed: what a step found stands in its file,
and the next one goes on from there. A round ends early where a step says that it has to.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from connector.errors import JudgmentsError, RefusedError, WeightsError
from query.learn.gate import faults
from query.learn.journal import LAST, Journal, Round
from query.learn.work import Candidate, Work
from query.weights.model import Model

Json = dict[str, Any]
Step = Callable[[Round, Work, Journal], Json | None]


def advance(journal: Journal, work: Work, name: str, now: datetime) -> tuple[Round, str]:
    """Take the round that is open as far as it goes; return it, and the step it stands at.

    Args:
        journal: of all rounds.
        work: what the steps need.
        name: experiments are called so, with the round's number.
        now: with its time zone.

    Raises:
        ConnectorError: a step failed; nothing of it is kept, and the next call does it again.
    """
    with journal.alone():
        current = journal.current
        for step, do in _STEPS.items():
            if current.read(step) is not None:
                continue
            if step != LAST and _ended(current):
                continue
            found = do(current, work, journal)
            if found is None:
                return current, step
            current.write(step, {"at": now.isoformat(timespec="seconds"), "name": name, **found})
        return current, LAST


def _judge(current: Round, work: Work, _: Journal) -> Json:
    try:
        return work.judge(current.folder)
    except JudgmentsError as error:
        return {"ended": "nothing new", "reason": str(error)}


def _train(current: Round, work: Work, _: Journal) -> Json:
    try:
        made = work.train(current.folder)
    except WeightsError as error:
        return {"ended": "nothing new", "reason": str(error)}
    model, before = made.model, work.in_force
    if model.version == before.version:
        return {"ended": "nothing new", "reason": "learning found the weights that are in force"}
    return {
        "candidate": model.model_dump(mode="json"),
        "version": model.version,
        "in_force": before.version,
        "gain": round(made.gain, 4),
        "faults": list(made.faults),
    }


def _gate(current: Round, work: Work, journal: Journal) -> Json:
    trained = _of(current, "training")
    candidate = Candidate(_model(current), trained["gain"], tuple(trained["faults"]))
    golden = work.golden(candidate.model)
    found = faults(candidate, golden, _healthy(journal, work.in_force.version))
    figures: Json = {
        "golden": round(float(golden.candidate.mean()), 4),
        "golden_in_force": round(float(golden.in_force.mean()), 4),
        "in_force": work.in_force.version,
        "faults": found,
    }
    return {**figures, "ended": "refused", "reason": found[0]} if found else figures


def _propose(current: Round, work: Work, _: Journal) -> Json:
    model = _model(current)
    changes = {
        name: [work.in_force.weights.get(name, 0.0), weight]
        for name, weight in model.weights.items()
        if weight != work.in_force.weights.get(name, 0.0)
    }
    return {"version": model.version, "weights": changes}


def _try(current: Round, work: Work, _: Journal) -> Json | None:
    name = f"{_of(current, 'judgments')['name']}-{current.number}"
    if _of(current, "training")["in_force"] != work.in_force.version:
        return {"ended": "refused", "reason": "other weights were put in force meanwhile"}
    try:
        work.begin(name, _model(current))
    except RefusedError:
        return None
    decision, reason = work.ended(name)
    if decision is None:
        return None
    found: Json = {"experiment": name, "decision": decision, "reason": reason}
    return found if decision == "treatment" else {**found, "ended": "not better"}


def _record(current: Round, work: Work, _: Journal) -> Json:
    ended = _ended(current)
    if ended:
        return {"outcome": ended["ended"], "reason": ended["reason"]}
    model = _model(current)
    # A crash between the release and this file leaves them in force: then they are released.
    released = work.in_force.version == model.version or work.release(model)
    reason = _of(current, "experiment")["reason"]
    outcome = "released" if released else "proposed"
    return {"outcome": outcome, "reason": reason, "version": model.version}


_STEPS: dict[str, Step] = {
    "judgments": _judge,
    "training": _train,
    "gate": _gate,
    "proposal": _propose,
    "experiment": _try,
    LAST: _record,
}


def _ended(current: Round) -> Json | None:
    """Return the step that ended a round early, or None."""
    done = [found for step in _STEPS if step != LAST and (found := current.read(step))]
    return next((found for found in done if "ended" in found), None)


def _of(current: Round, step: str) -> Json:
    found = current.read(step)
    assert found is not None  # noqa: S101 - steps are done in order
    return found


def _model(current: Round) -> Model:
    return Model.model_validate_json(json.dumps(_of(current, "training")["candidate"]))


def _healthy(journal: Journal, version: str) -> float | None:
    """Return what these weights were worth on people's judgments when a gate last found them well."""
    worth: float | None = None
    for each in journal.rounds:
        gate = each.read("gate")
        if gate and not any("fell from" in fault for fault in gate["faults"]):
            if gate["in_force"] == version:
                worth = gate["golden_in_force"]
            record = each.read(LAST)
            if record and record["outcome"] == "released" and record["version"] == version:
                worth = gate["golden"]
    return worth
