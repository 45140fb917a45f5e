import numpy as np

from query.evaluate.sliced import SMALL
from query.weights.gate import judge

NONE = [{"length": "2 words"}] * 60


def test_what_changes_nothing_passes() -> None:
    """The same weights are neutral."""
    same = np.linspace(0, 1, 60)
    assert judge(same, same, NONE).reasons == ()


def test_what_has_to_differ_and_does_not_is_refused() -> None:
    """A draw on every query is no reason to give up weights that are in force."""
    same = np.linspace(0, 1, 60)
    (reason,) = judge(same, same, NONE, must_differ=True).reasons
    assert reason.startswith("they rank none of the 60 judged queries better or worse")
    better = same.copy()
    better[7] += 0.01
    assert judge(better, same, NONE, must_differ=True).reasons == ()


def test_what_may_lose_is_refused_and_says_how_much() -> None:
    """A small loss on average, and an unsure one, are both not clearly neutral."""
    before = np.full(60, 0.5)
    noise = np.random.default_rng(0).normal(0, 0.2, 60)
    for after in (before - 0.01, before + noise - noise.mean()):
        (reason,) = judge(after, before, NONE).reasons
        assert "overall they may lose" in reason


def test_a_slice_that_loses_is_refused_although_the_whole_gains() -> None:
    """Gains for many do not pay for a clear loss of some."""
    before = np.full(100, 0.5)
    after = before + 0.1
    after[:SMALL] = 0.4
    slices = [{"length": "1 word" if row < SMALL else "2 words"} for row in range(100)]
    (reason,) = judge(after, before, slices).reasons
    assert reason.startswith("they lose on length '1 word': -0.100")


def test_a_slice_too_small_to_tell_is_shown_but_not_judged() -> None:
    """Of a few queries an interval says nothing."""
    before = np.full(100, 0.5)
    after = before + 0.1
    after[: SMALL - 1] = 0.4
    slices = [{"length": "1 word" if row < SMALL - 1 else "2 words"} for row in range(100)]
    verdict = judge(after, before, slices)
    assert verdict.reasons == ()
    assert [one.queries for one in verdict.slices] == [SMALL - 1, 101 - SMALL]
