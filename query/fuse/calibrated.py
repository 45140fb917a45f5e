"""The default: a linear score of terms that are calibrated against the corpus.

Neither the other hits nor the page decide what a value means, so a score means the same wherever
a product stands, and a hit that stands alone is not the best there can be.
"""

import numpy as np

from query.ranking import Floats


def calibrated(values: Floats, weights: Floats) -> Floats:
    """Return the sum of weighted terms.

    Args:
        values: float32 (N, T).
        weights: float32 (T,).

    Returns:
        float32 (N,).
    """
    return (values @ weights).astype(np.float32)
