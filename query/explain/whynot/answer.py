"""What became of one product in one search."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from query.ranking import Ranking
from query.response import EVIDENCE_VERSION


@dataclass(frozen=True)
class Check:
    """One place where a product can be lost.

    Attributes:
        name: of the place: `stored`, `visible`, a filter, `words`, a leg, `candidates`, `score`,
            `min_score`, a stage after fusion, `page`.
        passed: None where nothing can be lost, only learned.
        said: what was found, in a sentence.
        numbers: behind the sentence, by name.
    """

    name: str
    passed: bool | None
    said: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """One term of the product's score beside that of the hit it is compared with."""

    term: str
    its: float
    theirs: float


@dataclass(frozen=True)
class Comparison:
    """The product's score against a hit's, both as fusion gave them.

    Attributes:
        id: of the hit.
        place: of the hit, from 1.
        score: of the hit.
        shares: by term, the largest difference first.
    """

    id: str
    place: int
    score: float
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Answer:
    """What became of a product.

    Attributes:
        query: as typed.
        id: of the product.
        system: that was asked.
        place: in the ranking, from 1; None when it is not in it.
        lost: name of the check it did not pass; None when it is on the page.
        checks: in order, up to the one that lost it.
        against: a hit to compare with, where there is one.
    """

    query: str
    id: str
    system: str
    place: int | None
    lost: str | None
    checks: tuple[Check, ...]
    against: Comparison | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {"evidence_version": EVIDENCE_VERSION, **asdict(self)}


def compared(ranking: Ranking, row: int, other: int) -> Comparison:
    """Return how one product's score differs from another's, by rows of a ranking."""
    shares = ranking.weights * ranking.values
    pairs = zip(ranking.terms, shares[row].tolist(), shares[other].tolist(), strict=True)
    told = [Share(term, its, theirs) for term, its, theirs in pairs if its or theirs]
    return Comparison(
        id=ranking.ids[other],
        place=other + 1,
        score=float(ranking.scores[other]),
        shares=tuple(sorted(told, key=lambda share: -abs(share.its - share.theirs))),
    )
