import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.understand.category import intent

PATHS = st.sampled_from([None, "A", "A > B", ["A", "C"], "D", []])
COSINES = st.floats(-1, 1, width=32) | st.just(float("nan"))


def test_the_nearest_decide() -> None:
    """A candidate that is much nearer than the others says what the query is about."""
    found = intent(["Shoes", "Hats", None], np.array([0.9, 0.3, 0.8], np.float32))
    assert list(found.shares) == ["Shoes", "Hats"]
    assert found.shares["Shoes"] == pytest.approx(1 / (1 + np.exp(-2) + np.exp(-12)), abs=1e-4)
    assert found.fits.dtype == np.float32
    assert found.fits == pytest.approx([1.0, 0.0, 0.0], abs=1e-4)


def test_outer_categories_have_what_their_inner_ones_have() -> None:
    """Votes add up along a path, in a list or with separators."""
    found = intent(["A > B", ["A", "C"]], np.array([0.5, 0.5], np.float32))
    assert found.shares == pytest.approx({"A": 1.0, "B": 0.5, "C": 0.5})


def test_a_candidate_without_similarity_has_no_vote_but_a_fit() -> None:
    """What has no vector is judged by what the others say."""
    found = intent(["A", "A", "B"], np.array([0.5, np.nan, np.nan], np.float32))
    assert found.shares == {"A": 1.0, "B": 0.0}
    assert found.fits.tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("similarities", [[], [np.nan, np.nan]])
def test_nobody_near_says_nothing(similarities: list[float]) -> None:
    """Without any similarity there is no intent and no fit."""
    found = intent([["A"]] * len(similarities), np.array(similarities, np.float32))
    assert not any(found.shares.values())
    assert found.fits.tolist() == [0.0] * len(similarities)
    assert found.findings("x") == ()


def test_the_evidence_names_the_likely_categories() -> None:
    """Only categories that a good part of the voters is in are told."""
    found = intent(["A", "A", "B"], np.array([0.5, 0.5, 0.3], np.float32))
    (finding,) = found.findings("red shoes")
    assert (finding.kind, finding.start, finding.end) == ("category intent", 0, 9)
    assert finding.source == "99% of the nearest products are in 'A'"


@given(st.lists(st.tuples(PATHS, COSINES), max_size=60), st.randoms())
def test_shares_and_fits_are_shares(candidates: list[tuple[object, float]], random: object) -> None:
    """Everything is between 0 and 1, and the order of the candidates changes nothing."""
    found = intent([one for one, _ in candidates], np.array([s for _, s in candidates], np.float32))
    assert all(0 <= share <= 1 + 1e-5 for share in found.shares.values())
    assert np.all((found.fits >= 0) & (found.fits <= 1))
    order = list(range(len(candidates)))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = [candidates[place] for place in order]
    again = intent([one for one, _ in mixed], np.array([s for _, s in mixed], np.float32))
    assert again.shares == pytest.approx(found.shares, abs=1e-5)
    assert again.fits == pytest.approx(found.fits[order], abs=1e-4)
