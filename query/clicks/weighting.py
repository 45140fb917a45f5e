"""Inverse propensity weighting: a click at a place that few look at counts for those who did not.

Joachims, Swaminathan and Schnabel (WSDM 2017). How many look at a place comes from the
position-based model (Wang et al., WSDM 2018); no click counts more than 20-fold, which costs a
little bias and saves much noise.
"""

import numpy as np

from query.clicks.log import Estimate, Log
from query.clicks.position import expectation

_LEAST_LOOKS = 0.05


def fit(log: Log) -> Estimate:
    """Return what is wanted, by weighted clicks."""
    _, looks = expectation(log)
    look = np.maximum(looks, _LEAST_LOOKS)[log.place]
    shown = log.by_pair(np.ones(len(log.pair)))
    weighted = log.by_pair(log.click / look)
    return Estimate(np.clip(weighted / shown, 0.0, 1.0), log.by_pair(look))
