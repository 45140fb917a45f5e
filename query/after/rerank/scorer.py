"""What a reranking model is to the stage."""

from collections.abc import Sequence
from typing import Protocol

from query.ranking import Floats


class Scorer(Protocol):
    """Reads a query and texts. Threads may share it."""

    def load(self) -> None:
        """Load the model, once; later calls return at once, or raise as the first did.

        Raises:
            ConnectorError: it cannot be found or loaded.
        """

    def score(self, query: str, texts: Sequence[str]) -> Floats:
        """Return how well texts answer a query, float32 (len(texts),), 0 to 1.

        Called with a few texts at a time, so that a clock can be watched in between.

        Raises:
            ConnectorError: the model fails, or gives something that is no score.
        """
