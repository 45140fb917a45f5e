from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import COLOURS, HIDDEN, Shop, build, describe

from connector.errors import RequestError
from query.explain.whynot.answer import Answer, Check
from query.request import OWN, SearchRequest, System
from query.search import Searcher

pytestmark = pytest.mark.server


def checks(answer: Answer) -> dict[str, Check]:
    """Return the checks by name."""
    return {check.name: check for check in answer.checks}


def missed(searcher: Searcher, text: str, **options: Any) -> str:
    """Return a product that is a candidate, but not on the first page."""
    ranking = searcher.rank(SearchRequest(text, **options))
    return ranking.ids[-1]


def test_a_hit_is_followed_to_its_place(searcher: Searcher) -> None:
    """What stands on the page is lost nowhere; its place and score are the page's."""
    for place, hit in enumerate(searcher.search("red jacket", size=5).hits, 1):
        answer = searcher.why_not(hit.id, "red jacket", size=5)
        assert (answer.place, answer.lost) == (place, None)
        assert checks(answer)["score"].numbers["score"] == pytest.approx(hit.score)
        assert checks(answer)["page"].passed


def test_what_no_index_has_does_not_exist(searcher: Searcher) -> None:
    """One check, and nothing is asked after it."""
    answer = searcher.why_not("nobody", "red jacket")
    assert [(check.name, check.passed) for check in answer.checks] == [("stored", False)]


def test_an_id_is_needed(searcher: Searcher) -> None:
    """An empty id is refused before any server is asked."""
    with pytest.raises(RequestError, match="id is empty"):
        searcher.why_not(" ", "red jacket")


def test_an_id_is_a_text(searcher: Searcher) -> None:
    """What no product can be called is refused before any server is asked."""
    with pytest.raises(RequestError, match="the id is 5; expected a text"):
        searcher.why_not(5, "red jacket")  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="not valid Unicode"):
        searcher.why_not("\ud800", "red jacket")


def test_white_space_around_an_id_is_no_part_of_it(searcher: Searcher) -> None:
    """As in keys and values that are written: an id that was copied with a space is that product's."""
    hit = searcher.search("red jacket").hits[0]
    assert searcher.why_not(f" {hit.id}\n", "red jacket").place == 1


def test_a_deleted_product_is_stored_and_hidden(searcher: Searcher) -> None:
    """A tombstone is told from a product that never was."""
    answer = searcher.why_not("x07", HIDDEN)
    assert answer.lost == "visible"
    assert "deleted" in checks(answer)["visible"].said


@pytest.fixture
def empty(shop: Shop, client: OpenSearch, tiny_model: Path) -> Iterator[Shop]:
    """An index of its own, to be written to."""
    name = f"{shop.alias}-why"
    try:
        catalogue = describe(name, str(tiny_model), index={"refresh_interval": "-1"})
        yield build(client, shop.settings, catalogue, {"p": {"title": "lamp"}})
    finally:
        client.indices.delete(index=f"{name}-v1", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=name, params={"ignore": 404})


def test_what_was_just_written_waits_for_a_refresh(empty: Shop, client: OpenSearch) -> None:
    """A product that is stored, but not yet searchable, is told so; and so is a lonely price."""
    index = f"{empty.alias}-v1"
    client.index(index=index, id="new", body={"title": "lamp", "connector": {"deleted": False}})
    alone = {"price": 3.0, "connector": {"deleted": True, "versions": {"product": 1}}}
    client.index(index=index, id="gone", body=alone)
    with Searcher.open(empty.alias, empty.settings) as searcher:
        answer = searcher.why_not("new", "lamp")
        assert answer.lost == "visible"
        assert "refresh" in checks(answer)["visible"].said
        assert "deleted" in checks(searcher.why_not("gone", "lamp"))["visible"].said


def test_filters_are_tried_one_by_one(searcher: Searcher, shop: Shop) -> None:
    """The condition that it does not meet is named; those before it are met."""
    id_, product = next(iter(shop.documents.items()))
    other = next(colour for colour in COLOURS if colour != product["colour"])
    filters = {"price": (1, 10_000), "brand": ["Nobody", product["brand"]], "colour": other}
    answer = searcher.why_not(id_, "jacket", filters=filters)
    said = [check.said for check in answer.checks if check.name == "filter"]
    assert said == [
        "it meets price>=1 (asked for)",
        "it meets price<=10000 (asked for)",
        f"it meets brand=Nobody or brand={product['brand']} (asked for)",
        f"it does not meet colour={other} (asked for)",
    ]


def test_a_price_that_was_understood_is_a_condition_too(searcher: Searcher, shop: Shop) -> None:
    """What the query itself asks for is told apart from what the request asks for."""
    dear = max(shop.documents, key=lambda id_: shop.documents[id_].get("price", 0))
    answer = searcher.why_not(dear, "jacket under $20")
    assert answer.lost == "filter"
    assert answer.checks[-1].said == "it does not meet price up to 20 (understood)"


def test_each_leg_tells_its_rank(searcher: Searcher, shop: Shop) -> None:
    """Cosines are the stored vectors', ranks are over everything that meets the conditions."""
    text = "red jacket"
    for id_ in ("p000", "p050", "p095"):
        told = checks(searcher.why_not(id_, text))
        for field in ("title_vector", "body_vector"):
            cosines = shop.cosines(text, field)
            ahead = sum(other > cosines[id_] + 1e-4 for other in cosines.values())
            level = sum(other > cosines[id_] - 1e-4 for other in cosines.values())
            assert told[field].numbers["score"] == pytest.approx(cosines[id_], abs=1e-3)
            assert ahead < told[field].numbers["rank"] <= level


def test_words_that_it_has_and_lacks_are_told(searcher: Searcher) -> None:
    """Also for a product that no leg found."""
    told = checks(searcher.why_not("plain", "orange kettle"))
    assert told["words"].said == "has orange; lacks kettle"
    assert told["embedded"].said.startswith("it has no vector")


def test_a_product_below_the_candidates_is_told_what_it_would_have_scored(
    searcher: Searcher, shop: Shop
) -> None:
    """Its first pass is below the last candidate's, and the score it would have is its true one."""
    text = "red jacket"
    candidates = set(searcher.rank(SearchRequest(text)).ids)
    outside = [id_ for id_ in shop.documents if id_.startswith("p") and id_ not in candidates]
    assert outside
    for id_ in outside[:5]:
        answer = searcher.why_not(id_, text)
        assert (answer.lost, answer.place) == ("candidates", None)
        numbers = answer.checks[-1].numbers
        assert numbers["score"] <= numbers["last"] + 1e-4
        assert answer.against is not None
        assert answer.against.place == 10


def test_the_comparison_adds_up(searcher: Searcher) -> None:
    """The shares are the two scores, so their differences say why one is above the other."""
    text = "kettle for camping"
    answer = searcher.why_not(missed(searcher, text), text, size=3)
    assert answer.lost == "page"
    assert answer.against is not None
    assert answer.against.place == 3
    theirs = sum(share.theirs for share in answer.against.shares)
    assert theirs == pytest.approx(answer.against.score, abs=1e-5)
    its = sum(share.its for share in answer.against.shares)
    assert its == pytest.approx(checks(answer)["score"].numbers["score"], abs=1e-5)


def test_a_query_that_the_model_cannot_read_is_followed(searcher: Searcher) -> None:
    """No vector leg takes part in an emoji, and none is told to know the product."""
    answer = searcher.why_not(missed(searcher, "lamp"), "🔦")
    assert answer.lost == "candidates"
    found = checks(answer)
    assert {found[name].said for name in ("lexical", "title_vector")} == {"does not know it"}


def test_a_score_below_the_least_is_told(searcher: Searcher) -> None:
    """`min_score` is a place to be lost at, with both numbers."""
    answer = searcher.why_not(missed(searcher, "red jacket"), "red jacket", min_score=0.9)
    assert answer.lost == "min_score"
    assert answer.checks[-1].numbers["score"] < 0.9


@pytest.mark.parametrize("system", OWN)
def test_every_system_of_ours_can_be_asked(system: System, searcher: Searcher) -> None:
    """The place is the ranking's own."""
    ranking = searcher.rank(SearchRequest("red jacket", system=system))
    answer = searcher.why_not(ranking.ids[11], "red jacket", system=system)
    assert (answer.place, answer.lost) == (12, "page")


def test_the_engines_own_rankings_cannot_be_asked(searcher: Searcher) -> None:
    """They keep their candidates to themselves; the fault names the systems that do not."""
    with pytest.raises(RequestError, match=r"leaves the ranking to the engine; .*hybrid"):
        searcher.why_not("p000", "red jacket", system="native")


def test_answers_are_plain_data(searcher: Searcher) -> None:
    """As JSON the answer has its version and every check."""
    said = searcher.why_not("p000", "red jacket").as_json()
    assert said["evidence_version"] == 1
    assert [check["name"] for check in said["checks"]][:2] == ["stored", "visible"]


RULES = """
[[hide]]
products = ["{hidden}"]

[[pin]]
query = "red jacket"
products = ["{pinned}"]

[[boost]]
field = "stock"
by = "linear"
full = 1
weight = 1.0

[collapse]
field = "brand"
"""


@pytest.fixture
def ruled(shop: Shop, searcher: Searcher, tmp_path: Path) -> Iterator[tuple[Searcher, str, str]]:
    """A searcher with rules, the product they hide and the one they pin."""
    ids = searcher.rank(SearchRequest("red jacket")).ids
    hidden = ids[0]
    pinned = next(id_ for id_ in shop.documents if id_.startswith("p") and id_ not in ids)
    file = tmp_path / "rules.toml"
    file.write_text(RULES.format(hidden=hidden, pinned=pinned), "utf-8")
    search = shop.settings.search.model_copy(update={"rules": file})
    settings = shop.settings.model_copy(update={"search": search})
    with Searcher.open(shop.alias, settings) as opened:
        yield opened, hidden, pinned


def test_stages_lose_and_move_products(ruled: tuple[Searcher, str, str]) -> None:
    """Hidden, pinned, boosted and collapsed products are told so, with their places."""
    searcher, hidden, pinned = ruled
    answer = searcher.why_not(hidden, "red jacket")
    assert (answer.lost, answer.place) == ("hides", None)
    assert answer.checks[-1].said == "taken out at place 1: hidden by a rule"

    answer = searcher.why_not(pinned, "red jacket")
    assert (answer.lost, answer.place) == (None, 1)
    assert checks(answer)["candidates"].said == "a pin brings it, wherever it stands"
    assert checks(answer)["pins"].said.endswith("pinned by a rule")

    shown = [hit.id for hit in searcher.search("red jacket", size=20).hits]
    unruled = searcher.rank(SearchRequest("red jacket", without=("hides", "collapse", "pins"))).ids
    variant = next(id_ for id_ in unruled if id_ not in shown and id_ != hidden)
    answer = searcher.why_not(variant, "red jacket")
    assert answer.lost == "collapse"
    assert "variant of" in answer.checks[-1].said


def test_a_place_after_the_stages_is_the_pages(ruled: tuple[Searcher, str, str]) -> None:
    """Whatever stages did, an answer's place is where the product stands on the page."""
    searcher, _, _ = ruled
    for place, hit in enumerate(searcher.search("red jacket", size=5).hits, 1):
        answer = searcher.why_not(hit.id, "red jacket")
        assert (answer.place, answer.lost) == (place, None)
