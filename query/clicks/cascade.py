"""The cascade: people read from the top, click what attracts, and leave when they have enough.

Craswell et al. (WSDM 2008) with one click; with several the simplified dynamic Bayesian network of
Chapelle and Zhang (WWW 2009, algorithm 1), which only needs counting: what stands at or above the
last click was looked at, and the last click satisfied.
"""

import numpy as np

from query.clicks.log import Estimate, Log

# As much is assumed of every product before it is counted.
_PRIOR_CLICKS, _PRIOR_LOOKS = 0.1, 1.0


def fit(log: Log) -> Estimate:
    """Return what is wanted, by this model: attraction times satisfaction."""
    examined = log.by_pair(log.seen)
    clicks = log.by_pair(log.click)
    attraction = (clicks + _PRIOR_CLICKS) / (examined + _PRIOR_LOOKS)
    satisfaction = (log.by_pair(log.last) + 1.0) / (clicks + 2.0)
    return Estimate(np.clip(attraction * satisfaction, 0.0, 1.0), examined)
