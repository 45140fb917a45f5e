import pytest

from query.evaluate.evaluation import Evaluation, evaluate
from query.evaluate.judgments import Judgments
from query.evaluate.runs import Run

EVIL = "<script>alert('&')</script>"


@pytest.fixture(scope="session")
def evaluation() -> Evaluation:
    """Two systems on three queries whose texts and ids would do harm if they were not escaped."""
    judgments = Judgments(
        queries={"q1": EVIL, "q2": "冲锋衣 $x_1$", "q3": "lamp"},
        grades={"q1": {"a": 3, EVIL: 1}, "q2": {"b": 2, "c": 0}, "q3": {"d": 1}},
        unjudged=("q8",),
        unasked=("q9",),
        unanswerable=("q7",),
    )
    baseline = {"q1": [(EVIL, 2.0), ("a", 1.0)], "q2": [("c", 2.0), ("x", 1.0)]}
    better = {"q1": [("a", 2.0)], "q2": [("b", 2.0), ("c", 1.0)], "q3": []}
    return evaluate(judgments, [Run("<b>$x$</b>", baseline), Run("hybrid", better)])
