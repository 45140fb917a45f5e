from query.evaluate.evaluation import evaluate
from query.evaluate.judgments import Judgments
from query.evaluate.runs import Run
from query.evaluate.slices import Slice

LEFT, RIGHT = [f"l{number}" for number in range(20)], [f"r{number}" for number in range(7)]
JUDGED = Judgments(
    dict.fromkeys([*LEFT, *RIGHT], "coat"), {query: {"a": 1} for query in [*LEFT, *RIGHT]}
)
SLICES = [Slice("side", "left", tuple(LEFT)), Slice("side", "right", tuple(RIGHT))]


def test_systems_are_compared_on_each_slice() -> None:
    """A gain on one slice and a loss on another do not hide one another."""
    good, bad = [("a", 1.0)], [("b", 1.0)]
    base = Run("base", dict.fromkeys(LEFT, bad) | dict.fromkeys(RIGHT, good))
    other = Run("other", dict.fromkeys(LEFT, good) | dict.fromkeys(RIGHT, bad))
    left, right = evaluate(JUDGED, [base, other], slices=SLICES).slices
    assert [cell.interval.mean for cell in left.cells] == [0, 1]
    assert [cell.interval.mean for cell in right.cells] == [1, 0]
    assert left.cells[0].difference is None
    assert left.cells[1].difference
    assert right.cells[1].difference
    assert (left.cells[1].difference.verdict, right.cells[1].difference.verdict) == (
        "better",
        "worse",
    )
    assert right.cells[1].difference.corrected == 2 / 2**7


def test_losses_are_named() -> None:
    """What is lost beyond noise is told with its place, a gain elsewhere notwithstanding."""
    good, bad = [("a", 1.0)], [("b", 1.0)]
    base = Run("base", dict.fromkeys(LEFT, bad) | dict.fromkeys(RIGHT, good))
    other = Run("other", dict.fromkeys(LEFT, good) | dict.fromkeys(RIGHT, bad))
    assert evaluate(JUDGED, [base, other], slices=SLICES).losses() == [
        "other on side: right by 1.000 (p 0.016)"
    ]
    assert evaluate(JUDGED, [base, other]).losses() == []
    (loss,) = evaluate(JUDGED, [other, base]).losses()
    assert loss.startswith("base on all queries by 0.481")


def test_small_slices_are_marked() -> None:
    """Below twenty queries an interval is not to be believed."""
    left, right = evaluate(JUDGED, [Run("base", {})], slices=SLICES).slices
    assert (left.small, right.small) == (False, True)
