"""`ext.connector`: what happened to a search, told to the client that asks for it.

Only what its own hits show: neither the catalogue's words nor how the query was read with them,
for the client's user may not be allowed to see the products that they come from.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from query.gateway.rank.answer import Answer
from query.gateway.recognise.recognised import Recognised
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


def index(physical: str, role: str, fallen: str) -> Json:
    """Return what is told of the index that answered.

    Args:
        physical: its name.
        role: `live`, or `canary` before a switch.
        fallen: why the canary did not answer; empty where none was asked.
    """
    return {"index": {"name": physical, "role": role} | ({"fallen": fallen} if fallen else {})}


def left(by: str, reason: str, words: str) -> Json:
    """Return what is told of a search that the cluster ranked.

    Args:
        by: `pass`, `lexical` after a fault, or `shadow`.
        reason: its name.
        words: for people.
    """
    return {"mode": by, "reason": reason, "words": words}


def shadow(index: str, own: Json, hybrid: Json) -> Json:
    """Return one line of comparison: ids and places, nothing of the query.

    Args:
        index: that was searched.
        own: the cluster's answer.
        hybrid: the ranking's.

    Returns:
        `index`, `own` and `hybrid` (ids in order), `overlap` (share of the longer page that both
        have, 0 to 1; 1 where both are empty), `first` (whether the first hit is the same).
    """
    pages = [[hit.get("_id") for hit in answer["hits"]["hits"]] for answer in (own, hybrid)]
    longest = max(map(len, pages))
    shared = len(set(pages[0]) & set(pages[1]))
    return {
        "index": index,
        "own": pages[0],
        "hybrid": pages[1],
        "overlap": shared / longest if longest else 1.0,
        "first": pages[0][:1] == pages[1][:1],
    }


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
