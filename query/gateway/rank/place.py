"""Where a page begins: by its number, or behind a hit that was shown before."""

from dataclasses import dataclass
from typing import Any

from query.gateway.recognise.recognised import Recognised
from query.ranking import Ranking

Json = dict[str, Any]

# Sort values of hits beyond the ranking are the query's own scores less this: no score of the
# ranking is so low, and a double gives the query's back exactly.
BEHIND = 2.0**20


@dataclass(frozen=True)
class Place:
    """Where a page begins.

    Attributes:
        row: of the ranking; its length where the page is beyond it.
        beyond: `from` or `search_after` among what follows the ranking.
    """

    row: int
    beyond: Json


def place_of(asked: Recognised, ranking: Ranking) -> Place:
    """Return where the page of a search begins."""
    if not asked.after:
        row = min(asked.from_, len(ranking.ids))
        return Place(row, {"from": asked.from_ - row})
    score, tie = asked.after
    if score < -BEHIND / 2:
        return Place(len(ranking.ids), {"search_after": [score + BEHIND, tie]})
    row = int(tie) if asked.ties != "_id" and str(tie).isdecimal() else tie
    return Place(_row_behind(ranking, score, row), {"from": 0})


def sort_values(asked: Recognised, ranking: Ranking, row: int) -> list[Any]:
    """Return the sort values of a hit of the ranking; in place of a document's number its row."""
    tie = ranking.ids[row] if asked.ties == "_id" else row
    return [float(ranking.scores[row]), tie]


def sort_values_beyond(hit: Json) -> list[Any]:
    """Return the sort values of a hit beyond the ranking; none where the cluster shows none."""
    values = hit.get("sort")
    return [values[0] - BEHIND, *values[1:]] if values else []


def _row_behind(ranking: Ranking, score: float, tie: Any) -> int:
    if isinstance(tie, int):
        return min(max(0, tie + 1), len(ranking.ids))
    if tie in ranking.ids:
        return ranking.ids.index(tie) + 1
    # The hit itself is gone.
    before = zip(ranking.scores.tolist(), ranking.ids, strict=True)
    return sum((-mine, id_) <= (-score, str(tie)) for mine, id_ in before)
