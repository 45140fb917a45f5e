"""Estimates become judgments: a grade that evaluation and training read, and how sure it is."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from connector.errors import JudgmentsError
from query.clicks import cascade, position, weighting
from query.clicks.honest import honest
from query.clicks.log import Estimate, Floats, Log, Page
from query.clicks.models import ModelName
from query.evaluate.judging import sheet
from query.evaluate.wilson import wilson

_FITS: dict[ModelName, Callable[[Log], Estimate]] = {
    "position": position.fit,
    "cascade": cascade.fit,
    "weighting": weighting.fit,
}
# Of human judgments as well: docs/evaluate.md.
TOP = 3
LEAST_CONFIDENCE = 0.5
# The best products of a shop are wanted by some share of those who look; that is the top grade.
_BEST = 0.95
COLUMNS = ("query_id", "product_id", "grade", "confidence", "relevance", "shown", "clicks")


@dataclass(frozen=True)
class Judgment:
    """One pair.

    Attributes:
        query_id: of the query.
        product_id: of the product.
        grade: 0 to 3.
        confidence: 0 to 1: one less the width of the relevance's 95 % interval.
        relevance: as the model says.
        shown: how often.
        clicks: how many.
    """

    query_id: str
    product_id: str
    grade: int
    confidence: float
    relevance: float
    shown: int
    clicks: int


def judge(pages: Sequence[Page], model: ModelName, least: float) -> list[Judgment]:
    """Return judgments of the pairs that are sure enough, the queries in the pages' order.

    Args:
        pages: with query ids; those of robots are left out here.
        model: how looks are told from wishes.
        least: confidence, 0 to 1.

    Raises:
        JudgmentsError: no page is left, or no pair is sure enough.
    """
    log = Log([page for page in honest(pages) if page.ids])
    if not log.pages:
        raise JudgmentsError("no page of a shopper with a product on it; record behaviour first")
    found = _FITS[model](log)
    sure = confidence(found)
    kept = np.flatnonzero(sure >= least)
    if not len(kept):
        raise JudgmentsError(
            f"of {len(log.pairs):,} pairs none reaches a confidence of {least}, the best has "
            f"{sure.max():.2f}; record for longer, or lower --least-confidence"
        )
    grades = _grades(found.relevance, kept)
    shown, clicks = log.by_pair(np.ones(len(log.pair))), log.by_pair(log.click)
    return [
        Judgment(
            *log.pairs[row],
            grade=int(grades[row]),
            confidence=round(float(sure[row]), 3),
            relevance=round(float(found.relevance[row]), 4),
            shown=int(shown[row]),
            clicks=int(clicks[row]),
        )
        for row in kept
    ]


def confidence(found: Estimate) -> Floats:
    """Return one less the width of each pair's 95 % Wilson interval, 0 to 1, (P,)."""
    low, high = wilson(found.relevance, np.maximum(found.examined, 1e-9))
    return 1 - (high - low)


def _grades(relevance: Floats, kept: np.typing.NDArray[np.intp]) -> Floats:
    best = float(np.quantile(relevance[kept], _BEST))
    scale = best if best > 0 else math.inf
    grades: Floats = np.rint(TOP * np.minimum(1.0, relevance / scale))
    return grades


def numbered(pages: Sequence[Page]) -> tuple[list[Page], dict[str, str]]:
    """Return pages whose queries are known by their text with ids, and the text of each id."""
    ids: dict[str, str] = {}
    named = [replace(page, query=ids.setdefault(page.query, f"q{len(ids) + 1}")) for page in pages]
    return named, {id_: text for text, id_ in ids.items()}


def write(folder: Path, judgments: Sequence[Judgment], queries: dict[str, str]) -> None:
    """Write `qrels.tsv` and `queries.tsv`, as `evaluate` and `train weights` read them.

    Args:
        folder: made when missing; neither file may exist.
        judgments: at least one.
        queries: text by id, of all judged queries and perhaps more.

    Raises:
        RefusedError, JudgmentsError: see `query.evaluate.judging.sheet.write`.
    """
    for name in ("qrels.tsv", "queries.tsv"):
        sheet.require_absent(folder / name)
    rows = [[str(getattr(one, name)) for name in COLUMNS] for one in judgments]
    sheet.write(folder / "qrels.tsv", COLUMNS, rows)
    judged = {one.query_id: queries[one.query_id] for one in judgments}
    sheet.write_queries(folder / "queries.tsv", judged)
