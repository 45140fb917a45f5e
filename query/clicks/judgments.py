"""From the indices of behaviour to the files of judgments, in one call."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.cluster import connect, faults
from connector.errors import UsageError
from connector.settings import Settings
from query.clicks import graded, stored
from query.clicks.models import ModelName
from query.evaluate.judgments import read_queries
from query.ubi.indices import Names
from query.ubi.privacy import Privacy, plain


@dataclass(frozen=True)
class Wanted:
    """What is judged.

    Attributes:
        queries: TSV of the queries to judge; None for all, where their words are stored.
        days: of behaviour, up to now.
        model: of clicks.
        least: confidence of a pair.
    """

    queries: Path | None
    days: int = 30
    model: ModelName = "position"
    least: float = graded.LEAST_CONFIDENCE


def make_judgments(settings: Settings, alias: str, wanted: Wanted, folder: Path) -> dict[str, Any]:
    """Write `qrels.tsv` and `queries.tsv`; return what there is, in figures.

    Raises:
        UsageError: queries are hashed, and nobody says which are meant.
        JudgmentsError: there is too little behaviour.
        RefusedError: a file exists.
    """
    privacy, names = Privacy(settings.behaviour), Names.of(settings.behaviour)
    if settings.behaviour.query_text == "hashed" and not wanted.queries:
        raise UsageError(
            "queries are hashed, so their words are not known: name the queries to judge with "
            "--queries, or record with behaviour.query_text=redacted"
        )
    texts = read_queries(wanted.queries) if wanted.queries else {}
    known = {plain(privacy.query(text)): query_id for query_id, text in texts.items()}
    with faults("reading behaviour", settings.opensearch.url):
        pages = stored.pages(connect(settings.opensearch), names, alias, wanted.days, known)
    if not texts:
        pages, texts = graded.numbered(pages)
    judged = graded.judge(pages, wanted.model, wanted.least)
    graded.write(folder, judged, texts)
    return {
        "folder": str(folder),
        "pages": len(pages),
        "pairs": len(judged),
        "queries": len({one.query_id for one in judged}),
        "confidence": round(sum(one.confidence for one in judged) / len(judged), 3),
    }
