"""What a shopper sees through the gateway is recorded, where the request says who asks.

The shop's server knows its shoppers and names them in headers, `X-Connector-Client`, `-User` and
`-Session`; none of them goes on to the cluster.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from query.gateway.job import Job
from query.gateway.outcome import Left, Ranked
from query.request import Asker
from query.ubi.recorder import Recorder
from query.ubi.shown import Shown

Json = dict[str, Any]

# Of the response: what events name.
QUERY_ID = "x-connector-query-id"
_DIGITS = 4


@dataclass(frozen=True)
class Page:
    """One page that a shopper sees.

    Attributes:
        job: what was searched for.
        found: what became of it, by team; of one ranking alone under the name of none.
        body: of the response.
        experiment: that it is part of; empty for none.
        variant: of that experiment.
        teams: of each hit, where two rankings were interleaved.
        own: headers of the cluster's own answer, where a ranking was left to it.
    """

    job: Job
    found: Mapping[str, Ranked | Left]
    body: Json
    experiment: str = ""
    variant: str = ""
    teams: tuple[str, ...] = ()
    own: Sequence[tuple[bytes, bytes]] = ()

    @property
    def hits(self) -> list[Json]:
        """The response's."""
        hits: list[Json] = self.body["hits"]["hits"]
        return hits

    @cached_property
    def told(self) -> Json:
        """What a client that asks is told; of two rankings, of the control's."""
        told = next(iter(self.found.values())).told
        if not self.experiment:
            return told
        which: Json = {"variant": self.variant} if self.variant else {"teams": list(self.teams)}
        return {**told, "experiment": {"name": self.experiment, **which}}

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Of the cluster's answers that the page is made of."""
        ranked = [one for one in self.found.values() if isinstance(one, Ranked)]
        return [*(each for one in ranked for each in one.headers), *self.own]

    @property
    def evidence(self) -> list[Json]:
        """Of each hit, by the ranking that brought it; nothing of a hit that the cluster ranked."""
        known = {
            team: {hit["id"]: hit for hit in one.told.get("hits", ())}
            for team, one in self.found.items()
        }
        teams = self.teams or ("",) * len(self.hits)
        return [known[team].get(hit["_id"], {}) for hit, team in zip(self.hits, teams, strict=True)]


def asker_of(said: Mapping[str, str], recorder: Recorder | None) -> Asker | None:
    """Return who asks; None where nobody is named, or nothing is recorded.

    Args:
        said: the request's headers, names in lower case.
        recorder: None where behaviour is not recorded.
    """
    if recorder is None:
        return None
    asker = Asker(*(said.get(f"x-connector-{name}", "") for name in ("client", "user", "session")))
    return asker if asker != Asker() else None


def shown(page: Page, asker: Asker, query_id: str) -> Shown:
    """Return the record of a page."""
    asked, evidence = page.job.asked, page.evidence
    ids = [hit["_id"] for hit in page.hits]
    return Shown(
        query_id=query_id,
        text=asked.text,
        asker=asker,
        application="gateway",
        catalogue=page.job.opened.live.alias,
        system=page.told.get("system", "bm25"),
        ids=ids,
        total=_total(page.body["hits"], len(ids)),
        took_ms=(time.monotonic() - page.job.search.begun) * 1000,
        weights=page.told.get("weights", ""),
        scores=[hit["score"] for hit in evidence] if all(evidence) else (),
        terms=[_terms(hit) for hit in evidence],
        from_=asked.from_,
        size=asked.size,
        mode=page.told["mode"],
        experiment=page.experiment,
        variant=page.variant,
        teams=page.teams,
    )


def _total(hits: Json, least: int) -> int:
    """Return how many hits there are; at least those that are shown, where they were not counted."""
    total = hits.get("total", least)
    return max(least, int(total["value"] if isinstance(total, dict) else total))


def _terms(hit: Json) -> dict[str, float]:
    return {
        term["name"]: round(term["share"], _DIGITS)
        for term in hit.get("terms", ())
        if term["share"]
    }
