"""The systems that answer a request, found by name in ANSWERS.

`bm25` is the lexical leg alone; `native` and `strong` are OpenSearch's own hybrid; `blended` has
the connector's own, with words and without, and the other fusion methods on its candidates.
"""

from query.fuse import METHODS
from query.systems import bm25, native
from query.systems.blended import fused, hybrid, vector
from query.systems.reader import Answer

ANSWERS: dict[str, Answer] = {
    "bm25": bm25.answer,
    "vector": vector,
    "native": native.native,
    "strong": native.strong,
    **{method: fused(method) for method in METHODS},
    "hybrid": hybrid,
}
