"""Several scores become one: one file per method, all of the same form, found by name in METHODS.

`calibrated` is the default. The others are the field's usual ones, on the same candidates, for
comparison; `native` is OpenSearch's own hybrid query.
"""

from query.fuse.calibrated import calibrated
from query.fuse.convex import convex
from query.fuse.dbsf import dbsf
from query.fuse.method import Fuse
from query.fuse.min_max import min_max
from query.fuse.rrf import rrf
from query.fuse.z_score import z_score

# Methods that know only the legs' raw scores; `calibrated` knows the corpus.
METHODS: dict[str, Fuse] = {
    "rrf": rrf,
    "min_max": min_max,
    "z_score": z_score,
    "dbsf": dbsf,
    "convex": convex,
}

__all__ = ["METHODS", "Fuse", "calibrated"]
