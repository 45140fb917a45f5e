"""Every field of the two indices with its type and its meaning: mapping, index pattern and docs."""

from dataclasses import dataclass
from typing import Literal

RELEVANCE = "connector-relevance"
METRICS = "connector-metrics"

Type = Literal["date", "keyword", "integer", "long", "float", "boolean"]


@dataclass(frozen=True)
class Field:
    """One field: how it is stored, and what it says, unit included."""

    type: Type
    what: str


_COMMON = {
    "@timestamp": Field("date", "when it was measured"),
    "run": Field("keyword", "what was recorded together: its time, in UTC"),
    "kind": Field("keyword", "what the document is about"),
    "index": Field("keyword", "the catalogue's alias"),
}

FIELDS: dict[str, dict[str, Field]] = {
    RELEVANCE: {
        **_COMMON,
        "judgments": Field("keyword", "name of the judgments file"),
        "system": Field("keyword", "the ranking that was asked"),
        "baseline": Field("keyword", "the ranking it is compared with"),
        "dimension": Field("keyword", "slice: what queries are grouped by"),
        "slice": Field("keyword", "slice: what its queries have in common"),
        "query_id": Field("keyword", "query: its id in the queries file"),
        "query": Field("keyword", "query: its text, with `--record texts` only"),
        "label": Field("keyword", "query: the text where it is kept, else the id"),
        "queries": Field("integer", "number of queries that were scored"),
        "experiment": Field(
            "keyword", "experiment: its name; `difference` is of clicked pages, or of votes"
        ),
        "shoppers": Field("integer", "experiment: shoppers that count"),
        "ndcg_10": Field("float", "nDCG@10, 0 to 1"),
        "mrr": Field("float", "reciprocal rank of the first relevant product, 0 to 1"),
        "recall_100": Field("float", "R@100, 0 to 1"),
        "precision_10": Field("float", "P@10, 0 to 1"),
        "ndcg_judged_10": Field("float", "nDCG@10 of the judged hits alone, 0 to 1"),
        "bpref": Field("float", "bpref, 0 to 1"),
        "unjudged_10": Field("float", "share of the first ten hits that nobody judged"),
        "low": Field("float", "lower end of the 95 % interval of nDCG@10"),
        "high": Field("float", "upper end of the 95 % interval of nDCG@10"),
        "difference": Field("float", "nDCG@10 less the baseline's"),
        "difference_low": Field("float", "lower end of its 95 % interval"),
        "difference_high": Field("float", "upper end of its 95 % interval"),
        "p": Field("float", "chance of such a difference between two like systems"),
        "wins": Field("integer", "queries on which it is better than the baseline"),
        "losses": Field("integer", "queries on which it is worse"),
        "verdict": Field(
            "keyword", "`better`, `worse` or `unclear`; of an experiment its decision, or `runs`"
        ),
        "baseline_ndcg_10": Field("float", "query: nDCG@10 of the baseline"),
        "hits": Field("integer", "query: products that came back, 100 at most"),
        "zero_hits": Field("boolean", "query: nothing came back"),
        "best_score": Field("float", "query: score of the first hit, in the system's own scale"),
    },
    METRICS: {
        **_COMMON,
        "physical": Field("keyword", "the physical index"),
        "topic": Field("keyword", "partition: its topic"),
        "partition": Field("integer", "partition: its number"),
        "lag_records": Field("long", "records that are not finished"),
        "lag_seconds": Field("float", "age of the oldest of them, in seconds"),
        "products": Field("long", "index: products that searches see"),
        "tombstones": Field("long", "index: documents that searches do not see"),
        "embedded": Field("long", "index: visible products with vectors; worker: since its start"),
        "coverage": Field("float", "index: share of visible products with vectors"),
        "freshness_seconds": Field("float", "index: since the newest product was written"),
        "bytes": Field("long", "index: on disk, replicas included"),
        "state": Field("keyword", "state: `embedded`, `failed`, `waiting` or `none`"),
        "model": Field("keyword", "model: fingerprint that vectors were made with"),
        "documents": Field("long", "state, model: visible products"),
        "error_class": Field("keyword", "dead letters: what was wrong"),
        "dead_letters": Field("long", "dead letters that wait"),
        "worker": Field("keyword", "worker: random name of the process"),
        "records": Field("long", "worker: records finished since its start"),
        "unchanged": Field("long", "worker: changes that kept their vectors"),
        "stale": Field("long", "worker: changes that were older than what stood there"),
        "deleted": Field("long", "worker: deletes"),
        "failed": Field("long", "worker: products written without vectors"),
        "skip_ratio": Field("float", "worker: share of changes that needed no vector"),
        "busy_ratio": Field("float", "worker: share of the last interval in which the model ran"),
        "tokens_per_second": Field("float", "worker: tokens embedded per second of model time"),
        "device": Field("keyword", "worker: what the model runs on"),
    },
}
