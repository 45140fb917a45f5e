"""`ext.connector`: what happened to a search, told to the client that asks for it.

Only what its own hits show: neither the catalogue's words nor how the query was read with them,
for the client's user may not be allowed to see the products that they come from.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from query.gateway.rank.answer import Answer
from query.gateway.recognise.request import Recognised
from query.systems.blended import hits

Json = dict[str, Any]


def ranked(asked: Recognised, answer: Answer, weights: str) -> Json:
    """Return what is told of a ranked search.

    Args:
        asked: the search.
        answer: to it.
        weights: their version.
    """
    return {
        "mode": "hybrid",
        "recognised": {"text": asked.text, "strict": asked.strict},
        "system": "hybrid",
        "weights": weights,
        "hits": _hits(answer),
    }


def left(by: str, reason: str, words: str) -> Json:
    """Return what is told of a search that the cluster ranked.

    Args:
        by: `pass`, `lexical` after a fault, or `shadow`.
        reason: its name.
        words: for people.
    """
    return {"mode": by, "reason": reason, "words": words}


def _hits(answer: Answer) -> Sequence[Json]:
    place = {id_: row for row, id_ in enumerate(answer.ranking.ids)}
    rows = [place[id_] for id_ in answer.page.ids if id_ in place]
    found = hits(answer.ranking, rows, {answer.ranking.ids[row]: {} for row in rows})
    return [
        {
            "id": hit.id,
            "score": hit.score,
            "terms": [{**asdict(term), "share": term.share} for term in hit.evidence.terms],
            "adjustments": [asdict(one) for one in hit.evidence.adjustments],
        }
        for hit in found
    ]
