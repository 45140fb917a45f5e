"""A ranking that a shopper gets through the gateway is recorded, where the request says who asks.

The shop's server knows its shoppers and names them in headers, `X-Connector-Client`, `-User` and
`-Session`; none of them goes on to the cluster.
"""

from collections.abc import Mapping

from query.gateway.outcome import Ranked
from query.request import Asker
from query.ubi.recorder import Recorder
from query.ubi.shown import Shown

# Of the response: what events name.
QUERY_ID = "x-connector-query-id"


def recorded(found: Ranked, said: Mapping[str, str], recorder: Recorder | None) -> dict[str, str]:
    """Record a ranking; return the headers that name it, none where nobody is named.

    Args:
        found: the ranking.
        said: the request's headers, names in lower case.
        recorder: None where behaviour is not recorded.
    """
    asker = Asker(*(said.get(f"x-connector-{name}", "") for name in ("client", "user", "session")))
    if recorder is None or asker == Asker():
        return {}
    query_id = recorder.new_query_id()
    recorder.shown(_shown(found, asker, query_id))
    return {QUERY_ID: query_id}


def _shown(found: Ranked, asker: Asker, query_id: str) -> Shown:
    asked, told = found.job.asked, found.told
    page = found.body["hits"]["hits"]
    ids = [hit["_id"] for hit in page]
    known = {hit["id"]: hit for hit in told["hits"]}
    terms = [
        {term["name"]: round(term["share"], 4) for term in known[id_]["terms"] if term["share"]}
        if id_ in known
        else {}
        for id_ in ids
    ]
    return Shown(
        query_id=query_id,
        text=asked.text,
        asker=asker,
        application="gateway",
        catalogue=found.job.opened.live.alias,
        system=told["system"],
        ids=ids,
        total=found.answer.total.value if found.answer.total else len(ids),
        took_ms=found.body["took"],
        weights=told["weights"],
        scores=[known[id_]["score"] for id_ in ids] if set(ids) <= set(known) else (),
        terms=terms,
        from_=asked.from_,
        size=asked.size,
    )
