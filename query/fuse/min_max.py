"""Min-max: each leg's scores are stretched over 0 to 1 by the best and the worst of them.

What OpenSearch's normalisation processor and Elasticsearch's linear retriever do:
https://docs.opensearch.org/latest/search-plugins/search-pipelines/normalization-processor/
"""

from collections.abc import Sequence

import numpy as np

from query.fuse.method import Leg, known, weighted
from query.ranking import Floats


def min_max(legs: Sequence[Leg]) -> Floats:
    """Return the weighted mean of (score - worst) / (best - worst); a lone or equal score is 1."""
    return weighted(legs, [_stretched(leg) for leg in legs])


def _stretched(leg: Leg) -> Floats:
    there = known(leg)
    if not len(there) or there.max() == there.min():
        return np.where(np.isnan(leg.scores), np.nan, 1.0).astype(np.float32)
    stretched: Floats = (leg.scores - there.min()) / (there.max() - there.min())
    return stretched
