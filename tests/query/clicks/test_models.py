import numpy as np
import pytest

from query.clicks import cascade, position, weighting
from query.clicks.honest import honest
from query.clicks.log import Log, Page


def test_rows_know_their_pair_place_and_click() -> None:
    """Two pages of one query share their products' pairs; places go on over pages."""
    log = Log([Page("q", ("a", "b"), (1,)), Page("q", ("b", "c"), (), from_=2)])
    assert log.pairs == [("q", "a"), ("q", "b"), ("q", "c")]
    assert log.pair.tolist() == [0, 1, 1, 2]
    assert log.place.tolist() == [0, 1, 2, 3]
    assert log.click.tolist() == [0, 1, 0, 0]
    assert log.seen.tolist() == [1, 1, 1, 1]
    assert log.last.tolist() == [0, 1, 0, 0]


def test_the_cascade_counts_by_hand() -> None:
    """What stands below the last click was not looked at, and says nothing against a product."""
    log = Log([Page("q", ("a", "b", "c"), (0, 1))] * 10 + [Page("q", ("a", "b", "c"))] * 10)
    found = cascade.fit(log)
    assert found.examined.tolist() == [20, 20, 10]
    # Half attracts; a's click never was the last, b's always was.
    assert found.relevance[0] == pytest.approx((10.1 / 21) * (1 / 12))
    assert found.relevance[1] == pytest.approx((10.1 / 21) * (11 / 12))
    assert found.relevance[2] == pytest.approx((0.1 / 11) * 0.5)


def test_a_click_far_below_counts_for_those_who_did_not_look() -> None:
    """Two products change places; clicked as often at half the looks, the lower is no worse."""
    top = [Page("q", ("a", "b"), (0,))] * 40 + [Page("q", ("a", "b"), (1,))] * 20
    swapped = [Page("q", ("b", "a"), (0,))] * 40 + [Page("q", ("b", "a"), (1,))] * 20
    rest = [Page("q", ("a", "b"))] * 40 + [Page("q", ("b", "a"))] * 40
    log = Log(top + swapped + rest)
    for model in (position, weighting):
        found = model.fit(log)
        assert found.relevance[0] == pytest.approx(found.relevance[1], rel=0.05)
    assert position.expectation(log)[1][1] == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("model", [position, cascade, weighting])
def test_pages_without_a_click_are_no_fault(model: object) -> None:
    """Relevance stays a share, near nothing."""
    found = model.fit(Log([Page("q", ("a", "b"))] * 50))  # type: ignore[attr-defined]
    assert np.isfinite(found.relevance).all()
    assert (found.relevance < 0.05).all()


def test_robots_and_second_votes_are_left_out() -> None:
    """Who clicks most of what is shown reads none of it; a shopper votes once per query and page."""
    robot = [Page(f"q{n}", ("a", "b"), (0, 1), client="robot") for n in range(5)]
    eager = [Page("q", ("a", "b", "c"), (0,), client="eager")] * 3
    nobody = [Page("q", ("a",), (0,))] * 4
    assert honest(robot + eager + nobody) == [eager[0], *nobody]
