import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.intent.category import finding, fits, shares
from query.intent.votes import votes

PATHS = st.sampled_from([None, "A", "A > B", ["A", "C"], "D", []])
COSINES = st.floats(-1, 1, width=32) | st.just(float("nan"))


def _votes(*cosines: float) -> np.ndarray:
    return votes(np.array(cosines, np.float32))


def test_the_nearest_decide() -> None:
    """A candidate that is much nearer than the others says what the query is about."""
    categories = ["Shoes", "Hats", None]
    likely = shares(categories, _votes(0.9, 0.1, 0.7))
    assert list(likely) == ["Shoes", "Hats"]
    assert likely["Shoes"] == pytest.approx(1 / (1 + np.exp(-2) + np.exp(-8)), abs=1e-4)
    found = fits(categories, likely)
    assert found.dtype == np.float32
    assert found == pytest.approx([likely["Shoes"], likely["Hats"], 0.0], abs=1e-6)


def test_outer_categories_have_what_their_inner_ones_have() -> None:
    """Votes add up along a path, in a list or with separators."""
    likely = shares(["A > B", ["A", "C"]], _votes(0.5, 0.5))
    assert likely == pytest.approx({"A": 1.0, "B": 0.5, "C": 0.5})
    assert fits(["A > B", "A"], likely).tolist() == [0.75, 1.0]


def test_a_candidate_without_similarity_has_no_vote_but_a_fit() -> None:
    """What has no vector is judged by what the others say."""
    categories = ["A", "A", "B"]
    likely = shares(categories, _votes(0.5, np.nan, np.nan))
    assert likely == {"A": 1.0}
    assert fits(categories, likely).tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("similarities", [[], [np.nan, np.nan]])
def test_nobody_near_says_nothing(similarities: list[float]) -> None:
    """Without any similarity there is no intent and no fit."""
    categories = [["A"]] * len(similarities)
    likely = shares(categories, _votes(*similarities))
    assert likely == {}
    assert fits(categories, likely).tolist() == [0.0] * len(similarities)
    assert finding("x", likely) is None


def test_the_evidence_names_the_likely_categories() -> None:
    """Only categories that a good part of the voters is in are told."""
    found = finding("red shoes", shares(["A", "A", "B"], _votes(0.5, 0.5, 0.1)))
    assert found is not None
    assert (found.kind, found.start, found.end) == ("category intent", 0, 9)
    assert found.effect == "products of these gain"
    assert found.source == "the nearest products: 99% in 'A'"


def test_thirty_vote() -> None:
    """A catalogue of many products does not drown the nearest."""
    counted = votes(np.linspace(0.5, 0.4, 200, dtype=np.float32))
    assert np.count_nonzero(counted) == 30
    assert counted.sum() == pytest.approx(1.0, abs=1e-5)


@given(st.lists(st.tuples(PATHS, COSINES), max_size=60), st.randoms())
def test_shares_and_fits_are_shares(candidates: list[tuple[object, float]], random: object) -> None:
    """Everything is between 0 and 1, and the order of the candidates changes nothing."""
    likely = shares([one for one, _ in candidates], _votes(*(s for _, s in candidates)))
    found = fits([one for one, _ in candidates], likely)
    assert all(0 <= share <= 1 + 1e-5 for share in likely.values())
    assert np.all((found >= 0) & (found <= 1 + 1e-5))
    order = list(range(len(candidates)))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = [candidates[place] for place in order]
    again = shares([one for one, _ in mixed], _votes(*(s for _, s in mixed)))
    assert again == pytest.approx(likely, abs=1e-5)
