import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import COLOURS, HIDDEN, KINDS, Shop, build, describe

from connector.errors import (
    IndexMissingError,
    MappingMismatchError,
    ModelMismatchError,
    RequestError,
    SettingsError,
)
from mappings.apply import apply
from mappings.contract import contract_of
from mappings.sketch import read, sketch
from query.request import SYSTEMS, Filter, SearchRequest, System
from query.response import SearchResponse
from query.score import TERMS
from query.search import Searcher

Ask = Callable[..., SearchResponse]

pytestmark = pytest.mark.server

OURS: tuple[System, ...] = ("vector", "hybrid")
VECTORS = {"title_vector", "body_vector"}
# As many as the shop's searcher ranks.
CANDIDATES = 20
# Of the tiny model.
DIMENSION = 32
TEXTS = ("red jacket", "something for camping", "kettle", "the of", "jakcet wool", HIDDEN)


def _request(text: str, system: System, *filters: Filter) -> SearchRequest:
    return SearchRequest(text, system=system, filters=filters)


def _put_meta(client: OpenSearch, shop: Shop, meta: dict[str, Any]) -> None:
    client.indices.put_mapping(body={"_meta": meta}, index=f"{shop.alias}-v1")


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_answers(system: System, ask: Ask) -> None:
    """A page has as many hits as asked, best first, with fields and without vectors."""
    page = ask("red jacket", system=system, size=5)
    assert len(page.hits) == 5
    scores = [hit.score for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    assert page.system == system
    assert {"title", "brand", "price"} <= set(page.hits[0].source)
    assert not {"title_vector", "body_vector", "connector"} & set(page.hits[0].source)


@pytest.mark.parametrize("system", OURS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_score_does_not_depend_on_the_page(system: System, text: str, ask: Ask) -> None:
    """The same hit has the same score on a page of one and on a page of fifty."""
    whole = {hit.id: hit for hit in ask(text, system=system, size=50).hits}
    for size, from_ in ((1, 0), (3, 0), (5, 2), (10, 7)):
        for hit in ask(text, system=system, size=size, from_=from_).hits:
            assert hit.score == pytest.approx(whole[hit.id].score, abs=1e-6)
            assert hit.evidence.found_by == whole[hit.id].evidence.found_by


@pytest.mark.parametrize("system", ["bm25", *OURS])
@pytest.mark.parametrize("text", TEXTS)
def test_pages_one_after_another_are_one_big_page(system: System, text: str, ask: Ask) -> None:
    """No hit is lost or shown twice between pages."""
    big = [hit.id for hit in ask(text, system=system, size=42).hits]
    small = [ask(text, system=system, size=7, from_=first).hits for first in range(0, 42, 7)]
    assert [hit.id for page in small for hit in page] == big


@pytest.mark.parametrize("text", TEXTS)
def test_shares_add_up_to_the_score(text: str, ask: Ask) -> None:
    """The evidence is the whole score: weight times calibrated value, summed over the terms."""
    for hit in ask(text, size=30).hits:
        terms = hit.evidence.terms
        assert {term.name for term in terms} == set(TERMS)
        assert hit.score == pytest.approx(sum(term.share for term in terms), abs=1e-5)
        assert all(term.share == pytest.approx(term.weight * term.value) for term in terms)


def test_the_order_is_the_order_of_the_scores(ask: Ask) -> None:
    """The engine's sum ranks as the evidence does, also where cosines are below the mean."""
    for text in TEXTS:
        scores = [hit.score for hit in ask(text, size=60).hits]
        assert all(one >= two - 1e-6 for one, two in itertools.pairwise(scores))


def test_the_vector_term_is_the_cosine_without_what_all_products_share(
    shop: Shop, ask: Ask
) -> None:
    """Read from four bits a number, whichever leg found the product."""
    text = "red jacket"
    there = {
        id_: read([sketch([np.array(each[field], np.float32) for field in VECTORS])], DIMENSION)[0]
        for id_, each in shop.documents.items()
        if not each["connector"]["deleted"] and each.keys() >= VECTORS
    }
    mean = np.mean(list(there.values()), axis=0)
    query = shop.encoder.encode_queries([text])[0] - mean
    compared = 0
    for hit in ask(text, size=60).hits:
        (term,) = [term for term in hit.evidence.terms if term.name == "vector"]
        if hit.id in there:
            product = there[hit.id] - mean
            cosine = product @ query / (np.linalg.norm(product) * np.linalg.norm(query))
            assert term.raw == pytest.approx(float(cosine), abs=1e-3)
            compared += 1
    assert compared


def test_lexical_scores_are_exact_whichever_leg_found_the_product(ask: Ask) -> None:
    """A product that only a vector leg brought has the BM25 that the same words give it alone."""
    alone = {hit.id: hit for hit in ask("red kettle", size=90, explain=True, system="bm25").hits}
    found = ask("red kettle", size=60, explain=True).hits
    elsewhere = [hit for hit in found if "lexical" not in hit.evidence.found_by]
    assert elsewhere
    for hit in elsewhere:
        words = alone[hit.id].evidence.clauses if hit.id in alone else {}
        assert hit.evidence.clauses.get("all", 0) == pytest.approx(words.get("all", 0))


def test_one_is_the_most_there_can_be(ask: Ask) -> None:
    """One exact title is about half the most there can be, in any version's units of BM25.

    A word once in a title of average length has 1 / 2.2 of what it has when repeated for ever.
    """
    values = [hit.evidence.terms[0].value for hit in ask("red kettle model 24", size=30).hits]
    assert 0.4 < max(values) < 0.7
    (single,) = [hit for hit in ask("gazebo", size=50).hits if hit.id == "plain"]
    assert 0.2 < single.evidence.terms[0].value < 1


def test_the_scale_of_scores_does_not_depend_on_the_first_query(shop: Shop) -> None:
    """A searcher whose first query repeats a word calibrates like any other."""
    scores = []
    for first in ("kettle kettle kettle", "lamp"):
        with Searcher.open(shop.alias, shop.settings) as fresh:
            fresh.search(_request(first, "hybrid"))
            scores.append([hit.score for hit in fresh.search(_request("red tent", "hybrid")).hits])
    assert scores[0] == pytest.approx(scores[1])


def test_a_product_without_vectors_is_neither_lost_nor_punished(ask: Ask) -> None:
    """Its vector terms say nothing: value 0, as an average product's."""
    hit = ask("orange gazebo", size=1).hits[0]
    assert hit.id == "plain"
    (term,) = [term for term in hit.evidence.terms if term.name == "vector"]
    assert (term.raw, term.value) == (None, 0)


@pytest.mark.parametrize("system", SYSTEMS)
def test_deleted_products_never_appear_and_leave_no_gap(system: System, ask: Ask) -> None:
    """40 deleted products are nearest to the query in every leg, and the page is full of others."""
    page = ask(HIDDEN, system=system, size=10)
    assert len(page.hits) == 10
    assert not [hit.id for hit in page.hits if hit.id.startswith("x")]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_filter_that_excludes_the_nearest_leaves_a_full_page(system: System, ask: Ask) -> None:
    """Filters stand inside every leg: the page is filled with what is allowed."""
    nearest = ask("red jacket", system=system, size=20)
    assert {hit.source["colour"] for hit in nearest.hits} != {"blue"}
    page = ask("red jacket", system=system, size=10, filters=(Filter("colour", "blue"),))
    expected = 10 if system != "bm25" else page.total
    assert len(page.hits) == min(10, expected)
    assert {hit.source["colour"] for hit in page.hits} == {"blue"}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        (("price>=20", "price<=60"), lambda hit: 20 <= hit["price"] <= 60),
        (("brand=Alder", "brand=Birch"), lambda hit: hit["brand"] in ("Alder", "Birch")),
        (("boxed=true", "stock=2"), lambda hit: hit["boxed"] and hit["stock"] == 2),
        (("released>=2026-06-15",), lambda hit: hit["released"] >= "2026-06-15"),
        (("released=2026-06-15",), lambda hit: hit["released"] == "2026-06-15"),
        (("specs.material=wool",), lambda hit: "material: wool" in hit["specs"]),
        (
            ("specs.material=wool", "specs.weight=200 g"),
            lambda hit: {"material: wool", "weight: 200 g"} <= set(hit["specs"]),
        ),
    ],
)
def test_every_hit_meets_every_filter(
    system: System, filters: tuple[str, ...], keeps: Callable[[Any], bool], ask: Ask
) -> None:
    """Each type of field can be filtered by, in every system."""
    page = ask(
        f"{' '.join(KINDS)} {' '.join(COLOURS)}",
        system=system,
        size=50,
        filters=tuple(map(Filter.parse, filters)),
    )
    assert page.hits
    assert all(keeps(hit.source) for hit in page.hits)


def test_an_impossible_filter_finds_nothing(ask: Ask) -> None:
    """No product, no error, a total of zero."""
    for system in SYSTEMS:
        page = ask("lamp", system=system, filters=(Filter("price", "-5", "<="),))
        assert (page.hits, page.total) == ((), 0)


def test_total_counts_what_any_leg_found(shop: Shop, ask: Ask) -> None:
    """Hybrid: all with one of the words, and the vector legs' candidates without any."""
    words = {id_ for id_, each in shop.documents.items() if "kettle" in each["title"]}
    page = ask("kettle", size=90)
    assert {hit.id for hit in page.hits} >= words
    assert page.total > len(page.hits) == CANDIDATES
    assert page.relation == "eq"
    assert ask("kettle", system="bm25").total == len(words)
    assert ask("kettle", size=0).total == page.total
    assert ask("kettle", size=2, from_=5).total == page.total


def test_beyond_the_last_hit_there_is_nothing(ask: Ask) -> None:
    """A page after the candidates' end is empty and not an error."""
    for system in SYSTEMS:
        assert ask("kettle", system=system, size=10, from_=900).hits == ()


def test_clauses_are_told_on_demand(ask: Ask) -> None:
    """With `explain` the lexical clauses' own scores come along, and add up to the raw score."""
    assert not ask("red kettle", size=3).hits[0].evidence.clauses
    for hit in ask("red kettle", size=20, explain=True).hits:
        raw = hit.evidence.terms[0].raw
        assert raw is not None
        assert math.isclose(sum(hit.evidence.clauses.values()), raw, abs_tol=1e-5)


def test_without_an_index_there_is_a_hint(shop: Shop) -> None:
    """A missing alias is said with what creates it."""
    with pytest.raises(IndexMissingError, match="connector mappings apply"):
        Searcher.open("t-nowhere", shop.settings)


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_index_that_goes_away_is_missed(
    system: System, shop: Shop, client: OpenSearch, tiny_model: Path
) -> None:
    """A searcher whose index was deleted says so, whichever of its requests finds out."""
    name = f"{shop.alias}-gone"
    try:
        build(client, shop.settings, describe(name, str(tiny_model)), {"p": {"title": "lamp"}})
        with Searcher.open(name, shop.settings) as searcher:
            assert searcher.search(_request("lamp", system)).hits
            client.indices.delete(index=f"{name}-v1")
            with pytest.raises(IndexMissingError):
                searcher.search(_request("lamp", system))
    finally:
        client.indices.delete(index=f"{name}-v1", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=name, params={"ignore": 404})


def test_an_empty_index_of_several_shards_answers(
    shop: Shop, client: OpenSearch, tiny_model: Path
) -> None:
    """Nothing to find is no error; with one product it is found, wherever it lies."""
    name = f"{shop.alias}-few"
    catalogue = describe(name, str(tiny_model), index={"shards": 3})
    try:
        apply(client, catalogue, contract_of(catalogue))
        with Searcher.open(name, shop.settings) as searcher:
            assert [searcher.search(_request("lamp", each)).total for each in SYSTEMS] == [0] * len(
                SYSTEMS
            )
        build(client, shop.settings, catalogue, {"p": {"title": "lamp"}})
        with Searcher.open(name, shop.settings) as searcher:
            for each in SYSTEMS:
                assert searcher.search(_request("lamp", each)).hits[0].id == "p"
    finally:
        client.indices.delete(index=f"{name}-v1", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=name, params={"ignore": 404})


def test_another_model_is_refused_before_anything_is_encoded(
    shop: Shop, client: OpenSearch
) -> None:
    """An index whose contract is another model's answers BM25 and refuses vectors."""
    mapping = client.indices.get_mapping(index=shop.alias)
    meta = next(iter(mapping.values()))["mappings"]["_meta"]
    changed = {
        **meta["connector"],
        "model": {**meta["connector"]["model"], "fingerprint": "f" * 12},
    }
    changed["model"]["weights_sha256"] = "0" * 64
    try:
        _put_meta(client, shop, {"connector": changed})
        with Searcher.open(shop.alias, shop.settings) as searcher:
            assert searcher.search(_request("lamp", "bm25")).hits
            for system in ("vector", "native", "hybrid"):
                with pytest.raises(ModelMismatchError, match="weights_sha256"):
                    searcher.search(_request("lamp", system))
    finally:
        _put_meta(client, shop, meta)


def test_a_wrong_request_reaches_no_server(searcher: Searcher) -> None:
    """An unknown filter field is refused with the fields there are."""
    with pytest.raises(RequestError, match=r"this index has: .*colour"):
        searcher.search(_request("lamp", "hybrid", Filter("size", "XL")))


@pytest.mark.parametrize("system", ["hybrid", "bm25"])
def test_a_part_that_no_search_has_cannot_be_left_out(searcher: Searcher, system: System) -> None:
    """A mistyped name is refused with the names there are; a part of other settings is fine."""
    with pytest.raises(RequestError, match=r"no part 'speling' .*spelling.*coverage.*pins"):
        searcher.search("lamp", system=system, without=("speling",))
    assert searcher.search("lamp", system=system, without=("synonyms", "pins", "title")).total


def test_settings_cannot_leave_out_what_no_search_has(shop: Shop) -> None:
    """A mistyped name in `search.quarantined` is refused when the index is opened."""
    for names in (("speling",), ("synonyms", "titel")):
        search = shop.settings.search.model_copy(update={"quarantined": names})
        settings = shop.settings.model_copy(update={"search": search})
        with pytest.raises(
            SettingsError, match=rf"search\.quarantined: no part '{names[-1]}'.*pins"
        ):
            Searcher.open(shop.alias, settings)


def test_unknown_hard_entities_are_refused_at_opening(shop: Shop) -> None:
    """A field of another name, or one whose values no query is read for, would change nothing."""
    for name in ("color", "price"):
        search = shop.settings.search.model_copy(update={"hard_entities": ("brand", name)})
        settings = shop.settings.model_copy(update={"search": search})
        with pytest.raises(
            SettingsError, match=rf"hard_entities: '{name}' is no field of .*, brand"
        ):
            Searcher.open(shop.alias, settings)


@pytest.mark.parametrize("text", ["!!!", "& + - ™", "()"])
@pytest.mark.parametrize("system", ["hybrid", "vector", "rrf", "bm25"])
def test_a_query_without_words_finds_nothing(ask: Ask, text: str, system: str) -> None:
    """As the engine's analysers find no word in it; the encoder would find the same for all."""
    found = ask(text, system=system)
    assert (found.hits, found.total) == ((), 0)
    assert "no letter and no digit" in found.notes[0]


def test_what_is_left_out_weighs_nothing(ask: Ask) -> None:
    """A term that a request leaves out adds nothing; a step is not taken."""
    (hit, *_) = ask("red jacket", without=("vector", "neighbours")).hits
    shares = {term.name: term.share for term in hit.evidence.terms}
    assert shares["vector"] == shares["neighbours"] == 0
    assert shares["lexical"] > 0
    query = ask("jacket under $30").interpretation
    assert query is not None
    assert query.price is not None
    plain = ask("jacket under $30", without=("price",)).interpretation
    assert plain is not None
    assert plain.price is None


def test_what_the_encoder_cannot_read_is_searched_for_by_words_alone(ask: Ask) -> None:
    """Its vector would find the same products whatever was typed: an emoji finds nothing."""
    assert ask("🔦").total == 0


def test_an_emoji_takes_nothing_from_the_words_beside_it(ask: Ask) -> None:
    """The vectors read the words, and weigh what they weigh without it."""

    def vectors(text: str) -> dict[str, list[tuple[float | None, float]]]:
        return {
            hit.id: [(one.raw, one.weight) for one in hit.evidence.terms if one.name == "vector"]
            for hit in ask(text, size=200).hits
        }

    bare, pictured = vectors("lamp"), vectors("🔦🔦🔦 lamp")
    both = bare.keys() & pictured.keys()
    assert len(both) > 5
    assert [pictured[id_] for id_ in both] == [bare[id_] for id_ in both]


def test_a_minimum_score_cuts_the_ranking(ask: Ask) -> None:
    """What scores less is not on any page."""
    everything = ask("red jacket", size=20).hits
    least = everything[4].score
    kept = ask("red jacket", size=20, min_score=least).hits
    assert [hit.id for hit in kept] == [hit.id for hit in everything[:5]]


def test_an_understood_price_keeps_what_has_none(ask: Ask) -> None:
    """Only products known to cost more are excluded."""
    page = ask("gazebo or jacket under $40", size=20)
    assert all(hit.source.get("price", 0) <= 40 for hit in page.hits)
    assert "plain" in {hit.id for hit in page.hits}


def test_what_is_unwanted_goes_down(ask: Ask) -> None:
    """A product whose title has what the query excludes loses by it."""
    for hit in ask("jacket without red", size=20).hits:
        (avoided,) = [term for term in hit.evidence.terms if term.name == "avoided"]
        title = hit.source["title"]
        assert (avoided.value > 0) == ("red" in title.split())
        assert avoided.share <= 0


def test_a_cursor_shows_every_candidate_once(ask: Ask) -> None:
    """Page after page of one ranking, to its end."""
    page = ask("red jacket", size=6, cursor="")
    seen = [hit.id for hit in page.hits]
    while page.cursor:
        page = ask("red jacket", size=6, cursor=page.cursor)
        seen += [hit.id for hit in page.hits]
    assert len(seen) == len(set(seen)) == CANDIDATES
    assert seen == [hit.id for hit in ask("red jacket", size=20).hits]


def test_a_cursor_of_another_query_is_refused(ask: Ask) -> None:
    """It says where in which ranking the next page begins."""
    page = ask("red jacket", size=6, cursor="")
    with pytest.raises(RequestError, match="another search"):
        ask("blue jacket", size=6, cursor=page.cursor)


def test_facets_count_all_products_with_a_word(shop: Shop, ask: Ask) -> None:
    """By default over the matches, not over the page, and without the facet's own filter."""
    words = [each for each in shop.documents.values() if "kettle" in each["title"]]
    (facet,) = ask("kettle", facets=("colour",), filters=(Filter("colour", "red"),)).facets
    counted = {bucket.value: bucket.count for bucket in facet.buckets}
    assert counted == {
        colour: sum(each["colour"] == colour for each in words) for colour in COLOURS
    }


@pytest.mark.parametrize("system", ["bm25", "native", "strong"])
def test_what_only_our_ranking_has_is_refused_elsewhere(system: System, ask: Ask) -> None:
    """The engine's own rankings have no facets, no minimum and no cursor."""
    for options in ({"facets": ("brand",)}, {"min_score": 0.5}, {"cursor": ""}):
        with pytest.raises(RequestError, match="leaves the ranking to the engine"):
            ask("lamp", system=system, **options)


def test_an_index_of_another_schema_is_refused(shop: Shop, client: OpenSearch) -> None:
    """It has no sketches; the error says to build a new index."""
    meta = client.indices.get_mapping(index=f"{shop.alias}-v1")
    ours = next(iter(meta.values()))["mappings"]["_meta"]
    try:
        _put_meta(client, shop, {"connector": {**ours["connector"], "schema": 1}})
        with pytest.raises(MappingMismatchError, match="schema 1"):
            Searcher.open(shop.alias, shop.settings)
    finally:
        _put_meta(client, shop, ours)
