"""What both indices are asked: golden queries where there are any, else titles of products."""

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.gate import Crossing
from query.evaluate.judgments import read, read_queries

_LONGEST = 200


@dataclass(frozen=True)
class Questions:
    """Queries of a comparison.

    Attributes:
        texts: by query id.
        grades: product id → grade by query id; None where nobody judged.
        source: where they are from, in words.
    """

    texts: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]] | None
    source: str


def questions(crossing: Crossing) -> Questions:
    """Return the golden queries; without a file of them the titles of sampled products.

    Raises:
        JudgmentsError: a file is wrong, with file and line.
    """
    if crossing.queries is None:
        return Questions(_titles(crossing), None, "titles of products")
    if crossing.qrels is None:
        return Questions(read_queries(crossing.queries), None, "queries")
    judged = read(crossing.queries, crossing.qrels)
    return Questions(judged.queries, judged.grades, "judged queries")


def _titles(crossing: Crossing) -> dict[str, str]:
    name = crossing.old.catalogue.title
    hits = crossing.draw(crossing.old, source=[name])
    return {hit["_id"]: hit["_source"][name][:_LONGEST] for hit in hits if hit["_source"].get(name)}
