import json
import logging

import httpx
import pytest
from kit.hostile import Maker
from plugins.query_shop import Shop
from trials.hostile import DESCRIPTION, besiege, corpus

from query.gateway import route

pytestmark = pytest.mark.server

CORPUS = corpus()
NUMBER = 500


def test_the_description_is_of_this_gateway() -> None:
    """Every call in it only reads, and every kind of call that does is in it."""
    paths = json.loads(DESCRIPTION.read_text("utf-8"))["paths"]
    verbs = set()
    for path, methods in paths.items():
        named = path.replace("{index}", "products").replace("{", "").replace("}", "")
        if not path.startswith("/_connector/"):
            calls = [route.read(method.upper(), named.encode(), b"") for method in methods]
            assert all(call.reads for call in calls), path
            verbs |= {call.verb for call in calls}
    assert {"_search", "_msearch", "_count", "_mget", "_cat", "_explain", "_field_caps"} <= verbs


def test_the_same_seed_makes_the_same_requests() -> None:
    """What broke something once can be sent again."""
    description = json.loads(DESCRIPTION.read_text("utf-8"))
    one, two = (Maker(description, CORPUS, "i", 3).requests() for _ in range(2))
    assert [next(one) for _ in range(50)] == [next(two) for _ in range(50)]


def test_it_stands(shop: Shop, ranking: str, caplog: pytest.LogCaptureFixture) -> None:
    """Every request is answered, none by an error of the gateway's own, and nothing breaks."""
    with caplog.at_level(logging.WARNING):
        siege = besiege(ranking, shop.alias, CORPUS, NUMBER, seed=1)
    assert not siege.faults, siege.faults[0]
    assert not siege.unanswered, siege.unanswered[0]
    assert not [one for one in caplog.records if one.exc_info], caplog.text
    # Refused and allowed ones were among them.
    assert {200, 400, 403} <= {status for _, status in siege.statuses}
    assert httpx.get(f"{ranking}/_connector/livez").status_code == 200
