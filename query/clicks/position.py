"""The position-based model: a click needs a look, by the place alone, and a wish, by the product.

Richardson et al. (WWW 2007), Craswell et al. (WSDM 2008); fitted by expectation maximisation as in
Chuklin, Markov and de Rijke, "Click Models for Web Search" (2015), ch. 4. Looks and wishes can be
told apart only where products stood at several places: two systems, or an experiment, see to that.
"""

import numpy as np

from query.clicks.log import Estimate, Floats, Log

_ROUNDS = 100
_SETTLED = 1e-4
# What is assumed of a product that nobody saw: one look in ten ends in a click.
_PRIOR_CLICKS, _PRIOR_LOOKS = 0.1, 1.0
_LEAST = 1e-3


def fit(log: Log) -> Estimate:
    """Return what is wanted, by this model."""
    relevance, looks = expectation(log)
    return Estimate(relevance, log.by_pair(looks[log.place]))


def expectation(log: Log) -> tuple[Floats, Floats]:
    """Return relevance by pair, (P,), and the share of looks by place, (places,); 1 at the first.

    The first place fixes the scale: looks and wishes are known up to a common factor.
    """
    places = int(log.place.max()) + 1
    looks = 1.0 / np.arange(1, places + 1)
    wanted = np.full(len(log.pairs), _PRIOR_CLICKS)
    shown_at = np.bincount(log.place, minlength=places)
    shown = log.by_pair(np.ones(len(log.pair)))
    for _ in range(_ROUNDS):
        look, wish = looks[log.place], wanted[log.pair]
        neither = (1 - log.click) / np.maximum(1 - look * wish, _LEAST)
        wishes = log.click + neither * wish * (1 - look)
        seen = log.click + neither * look * (1 - wish)
        before, wanted = wanted, (log.by_pair(wishes) + _PRIOR_CLICKS) / (shown + _PRIOR_LOOKS)
        looks = np.bincount(log.place, seen, places) / np.maximum(shown_at, 1)
        looks = np.clip(looks, _LEAST, 1.0)
        looks[0] = 1.0
        if np.abs(wanted - before).max() < _SETTLED:
            break
    return wanted, looks
