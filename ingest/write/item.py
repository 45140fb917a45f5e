"""One write, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.change import ProductChange
from ingest.vectors import Vector
from ingest.write.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Write:
    """One change, ready to be merged into its document.

    Attributes:
        change: what to merge.
        state: of the product's vectors: `embedded`, `failed` (written without), or None for a
            delete and for other streams.
        text_hash: of the texts that were, or would have been, embedded.
        vectors: by vector field, float32 of shape (dimension,); None keeps the stored ones.
    """

    change: ProductChange
    state: str | None = None
    text_hash: str | None = None
    vectors: Mapping[str, Vector] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one write.

    Attributes:
        outcome: see `ingest.write.outcome`.
        reason: the cluster's own words; empty where it went well.
        said: what the outcome table calls the answer.
        status: HTTP; None where there was no answer.
        wait_s: how long the cluster asked to be left alone, seconds.
    """

    outcome: Outcome
    reason: str = ""
    said: str = ""
    status: int | None = None
    wait_s: float = 0.0

    @property
    def code(self) -> str:
        """Status and name in one, the same every time."""
        return f"{self.status or ''} {self.said}".strip()
