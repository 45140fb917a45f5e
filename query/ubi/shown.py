"""One ranking as a shopper saw it, and its document in `ubi_queries`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from query.request import Asker, SearchRequest
from query.response import Hit, SearchResponse
from query.ubi.privacy import Privacy

Json = dict[str, Any]

_DIGITS = 4


@dataclass(frozen=True)
class Shown:
    """What a shopper was shown. Texts and ids are as they came: `document` hides them.

    Attributes:
        query_id: as `Recorder.new_query_id` gave it.
        text: what was typed.
        asker: who asked.
        application: what asked for them, `api` or `gateway`.
        catalogue: the alias that was searched.
        system: which ranking answered.
        weights: version of the terms' weights; empty where a system has none.
        ids: of the page's products, best first.
        scores: of the page's products; empty where they are not known.
        terms: of each product, what each term added to its score; likewise.
        from_: products before the page.
        size: products that were asked for.
        total: products that were found.
        took_ms: of the search.
        filters: names of the fields that were filtered; their values stay here.
        mode: of the gateway; `hybrid` from Python.
        experiment: that the ranking was part of; empty for none.
        variant: of that experiment.
        teams: of each product, the ranking that brought it, where two were interleaved.
    """

    query_id: str
    text: str
    asker: Asker
    application: str
    catalogue: str
    system: str
    ids: Sequence[str]
    total: int
    took_ms: float
    weights: str = ""
    scores: Sequence[float] = ()
    terms: Sequence[Mapping[str, float]] = ()
    from_: int = 0
    size: int = 10
    filters: Sequence[str] = ()
    mode: str = "hybrid"
    experiment: str = ""
    variant: str = ""
    teams: Sequence[str] = ()


def shown_of(request: SearchRequest, response: SearchResponse, alias: str) -> Shown:
    """Return what a search from Python showed.

    Args:
        request: of a shopper.
        response: with its query id.
        alias: that was searched.
    """
    return Shown(
        query_id=response.query_id or "",
        text=request.text,
        asker=request.asker or Asker(),
        application="api",
        catalogue=alias,
        system=response.system,
        ids=[hit.id for hit in response.hits],
        total=response.total,
        took_ms=response.took_ms,
        weights=response.weights or "",
        scores=[hit.score for hit in response.hits],
        terms=evidence_of(response.hits),
        from_=request.from_,
        size=request.size,
        filters=list(dict.fromkeys(one.field for one in request.filters)),
    )


def evidence_of(hits: Sequence[Hit]) -> list[dict[str, float]]:
    """Return what each term added to each hit's score; terms that added nothing are left out."""
    return [
        {one.name: round(one.share, _DIGITS) for one in hit.evidence.terms if one.share}
        for hit in hits
    ]


def document(shown: Shown, privacy: Privacy, at: datetime) -> Json:
    """Return the document, with nobody's name in it.

    Args:
        shown: a ranking.
        privacy: hides who asked, and what.
        at: when it was shown, with its time zone.
    """
    asker = shown.asker
    return {
        "application": shown.application,
        "query_id": shown.query_id,
        **({"client_id": privacy.person(asker.client)} if asker.client else {}),
        "user_query": privacy.query(shown.text),
        "object_id_field": "_id",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "query_response_hit_ids": list(shown.ids),
        "query_attributes": _attributes(shown, privacy),
    }


def _attributes(shown: Shown, privacy: Privacy) -> Json:
    attributes: Json = {
        "catalogue": shown.catalogue,
        "system": shown.system,
        "mode": shown.mode,
        "from": shown.from_,
        "size": shown.size,
        "total": shown.total,
        "took_ms": round(shown.took_ms, 1),
        "evidence": _evidence(shown),
    }
    if shown.scores:
        attributes["top_score"] = round(shown.scores[0], _DIGITS)
    told = {
        "user_id": shown.asker.user and privacy.person(shown.asker.user),
        "session_id": shown.asker.session and privacy.person(shown.asker.session),
        "weights": shown.weights,
        "filters": list(shown.filters),
        "experiment": shown.experiment,
        "variant": shown.variant,
        "teams": list(shown.teams),
    }
    return {**attributes, **{name: value for name, value in told.items() if value}}


def _evidence(shown: Shown) -> list[Json]:
    """Return a line per product, with its place on all pages from 1."""
    terms = [*shown.terms, *[{}] * (len(shown.ids) - len(shown.terms))]
    scores = [round(score, _DIGITS) for score in shown.scores]
    lines: list[Json] = [
        {"id": id_, "position": place, "terms": dict(each)}
        for place, (id_, each) in enumerate(zip(shown.ids, terms, strict=True), shown.from_ + 1)
    ]
    for line, score in zip(lines, scores, strict=False):
        line["score"] = score
    return lines
