"""An evaluation as documents of the index `connector-relevance`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from query.evaluate.compare import Difference, Interval
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import MAIN

Json = dict[str, Any]

# The measures by the names of their fields.
FIELDS = {
    "nDCG@10": "ndcg_10",
    "MRR": "mrr",
    "R@100": "recall_100",
    "P@10": "precision_10",
    "nDCG'@10": "ndcg_judged_10",
    "bpref": "bpref",
}


@dataclass(frozen=True)
class About:
    """What an evaluation was of.

    Attributes:
        at: when, ISO 8601.
        index: the alias.
        judgments: name of the judgments file.
        texts: whether the queries' texts may be kept.
    """

    at: str
    index: str
    judgments: str
    texts: bool


def documents(evaluation: Evaluation, about: About) -> Iterator[Json]:
    """Yield one document per system, per system and slice, and per system and query."""
    common = {
        "@timestamp": about.at,
        "run": about.at,
        "index": about.index,
        "judgments": about.judgments,
        "baseline": evaluation.baseline.run.name,
    }
    for measured in evaluation.systems:
        own = common | {"system": measured.run.name}
        yield own | {"kind": "system"} | _system(evaluation, measured)
        for query_id in evaluation.judgments.queries:
            yield own | {"kind": "query"} | _query(evaluation, measured, query_id, about.texts)
    for row in evaluation.slices:
        what = {"dimension": row.slice.dimension, "slice": row.slice.value}
        for measured, cell in zip(evaluation.systems, row.cells, strict=True):
            yield (
                common
                | what
                | {"kind": "slice", "system": measured.run.name, "queries": len(row.slice.queries)}
                | {"ndcg_10": cell.interval.mean}
                | _interval(cell.interval)
                | _difference(cell.difference)
            )


def _system(evaluation: Evaluation, measured: Measured) -> Json:
    return {
        "queries": len(evaluation.judgments.queries),
        "unjudged_10": measured.scores.unjudged,
        **_measures(measured.scores.mean),
        **_interval(measured.interval),
        **_difference(measured.difference),
    }


def _query(evaluation: Evaluation, measured: Measured, query_id: str, texts: bool) -> Json:
    text = evaluation.judgments.queries[query_id]
    ranking = measured.run.rankings.get(query_id, [])
    before = evaluation.baseline.scores.per_query[query_id][MAIN]
    values = measured.scores.per_query[query_id]
    return {
        "query_id": query_id,
        **({"query": text} if texts else {}),
        "label": text if texts else query_id,
        "hits": len(ranking),
        "zero_hits": not ranking,
        **({"best_score": ranking[0][1]} if ranking else {}),
        "baseline_ndcg_10": before,
        "difference": values[MAIN] - before,
        **_measures(values),
    }


def _measures(values: dict[str, float]) -> Json:
    return {FIELDS[name]: value for name, value in values.items()}


def _interval(found: Interval) -> Json:
    return {"low": found.low, "high": found.high}


def _difference(found: Difference | None) -> Json:
    if found is None:
        return {}
    return {
        "difference": found.interval.mean,
        "difference_low": found.interval.low,
        "difference_high": found.interval.high,
        "p": found.corrected,
        "wins": found.wins,
        "losses": found.losses,
        "verdict": found.verdict,
    }
