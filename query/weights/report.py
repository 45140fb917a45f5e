"""What training tells of itself, in the weights file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from query.evaluate.compare import compare
from query.ranking import Floats
from query.weights.gate import Verdict
from query.weights.pool import Pool
from query.weights.table import Indices

MEASURE = "nDCG@10"


@dataclass(frozen=True)
class Measured:
    """What weights are worth on Q queries.

    Attributes:
        worth: nDCG@10 of each query, (Q,), by `start`, `in_force` and `hand`; `held_out` by
            weights learned from other folds, and of several catalogues `unseen` by weights
            learned from the others.
        parts: (Q,), the fold of each query.
    """

    worth: Mapping[str, Floats]
    parts: Indices


def report(pool: Pool, measured: Measured, verdict: Verdict) -> dict[str, Any]:
    """Return means by catalogue and fold, paired intervals and what speaks against the weights."""
    worth = measured.worth
    against = {
        f"{ours} - {theirs}": _difference(worth[ours], worth[theirs])
        for ours in ("held_out", "unseen")
        for theirs in ("in_force", "start", "hand")
        if ours in worth
    }
    return {
        "measure": MEASURE,
        "catalogues": {name: _catalogue(pool, measured, name) for name in pool.names},
        "against": against,
        "slices": [one.as_json() for one in verdict.slices],
        "reasons": list(verdict.reasons),
    }


def _catalogue(pool: Pool, measured: Measured, name: str) -> dict[str, Any]:
    there = pool.groups == pool.names.index(name)
    means = {by: _mean(values[there]) for by, values in measured.worth.items()}
    held_out, parts = measured.worth["held_out"][there], measured.parts[there]
    return {**means, "folds": [_mean(held_out[parts == part]) for part in sorted(set(parts))]}


def _mean(values: Floats) -> float:
    return round(float(values.mean()), 4)


def _difference(ours: Floats, theirs: Floats) -> dict[str, Any]:
    found = compare(ours.tolist(), theirs.tolist())
    rounded = {name: round(value, 4) for name, value in vars(found.interval).items()}
    return {**rounded, "wins": found.wins, "losses": found.losses, "p": round(found.p, 4)}
