import json

from query.evaluate.evaluation import Evaluation, as_json, evaluate
from query.evaluate.judgments import Judgments
from query.evaluate.metrics import MEASURES
from query.evaluate.runs import Run


def test_the_first_run_is_the_baseline(evaluation: Evaluation) -> None:
    """Every other system is compared with the first, which is compared with nothing."""
    first, other = evaluation.systems
    assert evaluation.baseline is first
    assert first.difference is None
    assert other.difference is not None
    assert (other.difference.wins, other.difference.losses, other.difference.ties) == (2, 0, 1)
    expected = other.scores.mean["nDCG@10"] - first.scores.mean["nDCG@10"]
    assert abs(other.difference.interval.mean - expected) < 1e-12


def test_notes_tell_what_a_reader_must_know(evaluation: Evaluation) -> None:
    """Queries left out, and those that a system has no answer to, are counted and named."""
    assert evaluation.notes() == [
        "queries without any judgment, left out: 1 (q8)",
        "judged queries missing from the queries file, left out: 1 (q9)",
        "queries whose judged products are all irrelevant, left out: 1 (q7)",
        "queries without any hit of <b>$x$</b>, scored 0: 1 (q3)",
        "queries without any hit of hybrid, scored 0: 1 (q3)",
    ]


def test_a_higher_threshold_names_the_queries_it_empties() -> None:
    """Where no product reaches the relevant grade, the reader learns why binary measures are 0."""
    judgments = Judgments({"q1": "coat"}, {"q1": {"a": 1}})
    run = Run("bm25", {"q1": [("a", 1.0)]})
    assert evaluate(judgments, [run], relevant_from=1).notes() == []
    assert evaluate(judgments, [run], relevant_from=2).notes() == [
        "queries without a product of grade 2 or better: 1 (q1)"
    ]


def test_the_json_has_the_documented_shape(evaluation: Evaluation) -> None:
    """Scripts find every figure under its name, and the document is plain JSON."""
    plain = json.loads(json.dumps(as_json(evaluation), allow_nan=False))
    assert plain["queries"] == {
        "evaluated": 3,
        "without_judgments": ["q8"],
        "missing_from_queries": ["q9"],
        "unanswerable": ["q7"],
    }
    assert plain["measures"] == list(MEASURES)
    assert plain["relevant_from"] == 1
    assert plain["bootstrap"] == {
        "measure": "nDCG@10",
        "level": 0.95,
        "resamples": 10_000,
        "seed": 0,
    }
    first, other = plain["systems"]
    assert first["system"] == plain["baseline"]
    assert first["difference"] is None
    assert other.keys() == {
        "system",
        "mean",
        "interval",
        "unjudged_at_10",
        "difference",
        "per_query",
    }
    assert other["mean"].keys() == other["per_query"]["q1"].keys() == set(MEASURES)
    assert other["difference"].keys() == {
        "mean",
        "low",
        "high",
        "wins",
        "losses",
        "ties",
        "verdict",
    }
    assert other["interval"]["low"] <= other["mean"]["nDCG@10"] <= other["interval"]["high"]
