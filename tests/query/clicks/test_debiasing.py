"""Shoppers whose wishes are known see mostly the worse ranking: what do their clicks say of both?"""

import numpy as np
import pytest
from plugins.shoppers import TOP, World, world

from query.clicks import position
from query.clicks.graded import judge
from query.clicks.log import Log, Page
from query.clicks.models import MODELS, ModelName

SHOWN = ("old", "old", "old", "new")


@pytest.fixture(scope="module")
def shop() -> World:
    """Twenty queries; `new` is better than `old`."""
    made = world(queries=20)
    assert made.better(made.grades, "new", "old") > 0.05
    return made


@pytest.fixture(scope="module")
def pages(shop: World) -> list[Page]:
    """What shoppers did."""
    return shop.pages(SHOWN, 12_000, seed=0)


def test_click_through_prefers_what_was_shown(shop: World, pages: list[Page]) -> None:
    """Raw shares of clicks call the worse ranking the better one: it stood at the top so often."""
    log = Log(pages)
    shares = log.by_pair(log.click) / log.by_pair(np.ones(len(log.pair)))
    best = np.quantile(shares, 0.95)
    judged: dict[str, dict[str, int]] = {}
    for (query, product), share in zip(log.pairs, shares, strict=True):
        judged.setdefault(query, {})[product] = round(TOP * min(1.0, share / best))
    assert shop.better(judged, "new", "old") < -0.01


@pytest.mark.parametrize("model", MODELS)
def test_judgments_from_clicks_rank_the_systems_as_the_truth_does(
    model: ModelName, shop: World, pages: list[Page]
) -> None:
    """Every model finds the ranking that is better in truth, by a clear margin."""
    judged: dict[str, dict[str, int]] = {}
    for one in judge(pages, model, least=0.5):
        judged.setdefault(one.query_id, {})[one.product_id] = one.grade
    assert shop.better(judged, "new", "old") > 0.02


def test_how_many_look_at_a_place_is_found_from_clicks_alone(pages: list[Page]) -> None:
    """Shoppers look at place r with 1/r, and leave: the model finds about that."""
    _, looks = position.expectation(Log(pages))
    expected = [0.96**place / (place + 1) for place in range(10)]
    assert looks == pytest.approx(expected, abs=0.1)
