import json
from dataclasses import replace

from query.evaluate.ablation import ablate
from query.evaluate.document import as_json
from query.evaluate.evaluation import Evaluation, evaluate
from query.evaluate.metrics import MEASURES
from query.evaluate.runs import Run
from query.evaluate.slices import Slice

DIFFERENCE = {"mean", "low", "high", "wins", "losses", "ties", "p", "corrected", "verdict"}


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
    assert plain["significance"] == {
        "test": "paired randomisation",
        "swaps": 10_000,
        "seed": 0,
        "correction": "Holm",
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
        "calibration",
        "per_query",
    }
    assert other["mean"].keys() == other["per_query"]["q1"].keys() == set(MEASURES)
    assert other["difference"].keys() == DIFFERENCE
    assert other["interval"]["low"] <= other["mean"]["nDCG@10"] <= other["interval"]["high"]
    assert plain["slices"] == []
    assert plain["ablation"] is None


def test_the_json_holds_what_was_asked_for(evaluation: Evaluation) -> None:
    """Slices, ablation and calibration are in it with every figure that the tables show."""
    judged = evaluation.judgments
    deep = Run("deep", {"q1": [(f"p{place}", -place / 10) for place in range(40)]})
    grades = {**judged.grades, "q1": {f"p{place}": place % 2 for place in range(40)}}
    judged = replace(judged, grades=grades)
    ablation = ablate(judged, deep, {"price": deep}, ("spelling",))
    found = evaluate(judged, [deep, deep], 1, [Slice("kind", "one", ("q1",))], ablation)
    plain = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert [one["pairs"] for one in plain["systems"][0]["calibration"]] == [10] * 4
    assert plain["systems"][0]["calibration"][0]["share"].keys() == {"mean", "low", "high"}
    [row] = plain["slices"]
    assert (row["dimension"], row["value"], row["queries"]) == ("kind", "one", ["q1"])
    assert row["small"] is True
    assert row["systems"][0]["difference"] is None
    assert row["systems"][1]["difference"].keys() == DIFFERENCE
    assert plain["ablation"]["system"] == "deep"
    assert plain["ablation"]["quarantined"] == ["spelling"]
    [part] = plain["ablation"]["parts"]
    assert (part["part"], part["changed"], part["verdict"]) == ("price", 0, "no change")
    assert part["difference"].keys() == DIFFERENCE
