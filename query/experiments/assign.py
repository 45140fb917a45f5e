"""Who sees what: by a hash of the experiment and the shopper, so it is the same tomorrow."""

import hashlib

from query.experiments.experiment import CONTROL, TREATMENT, Experiment
from query.request import Asker

_SHARES = 2**64


def unit_of(asker: Asker) -> str:
    """Return the id that assignment goes by: the browser's, which signing in does not change."""
    return asker.client or asker.user or asker.session


def assigned(experiment: Experiment, unit: str) -> str | None:
    """Return the variant of a shopper, or None for who takes no part.

    Whether somebody takes part and what they see are drawn apart: more traffic moves nobody from
    one variant to the other.
    """
    if not unit or _draw(experiment.name, "traffic", unit) >= experiment.traffic:
        return None
    return TREATMENT if _draw(experiment.name, "variant", unit) < 1 / 2 else CONTROL


def _draw(*parts: str) -> float:
    """Return a number in [0, 1) that only these parts decide."""
    text = "\0".join(parts).encode("utf-8", "replace")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") / _SHARES
