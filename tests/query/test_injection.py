"""Texts that mean something to somebody: none of them means anything but words here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import KINDS, Shop, build, describe

from connector.errors import RequestError
from query.request import SYSTEMS, Filter, SearchRequest, System, says_anything
from query.response import SearchResponse
from query.search import Searcher

Ask = Callable[..., SearchResponse]

pytestmark = pytest.mark.server

TEXTS = [
    "title:lamp AND NOT brand:Alder",
    'lamp" OR "1"="1',
    "lamp~2 ^3 +red -(blue)",
    "*:*",
    "*",
    "lam?",
    "/.*/",
    "_exists_:price",
    '{"match_all": {}}',
    '"}}, "query": {"match_all": {}}',
    "{{#toJson}}query{{/toJson}}",
    "ctx._source.remove('price'); doc['price'].value",
    "'; DROP TABLE products; --",
    "<script>alert(1)</script>",
    "../../_cluster/settings",
    "lamp\nX-Header: 1\r\n\r\n",
    '{}\n{"delete":{"_id":"p001"}}\n',
    "[bold]lamp[/bold] [/] :smile:",
    "👩‍🍳🔦",
    "🏕" * 60,
    "лампа красная",
    "赤いランプ 红色的灯 빨간 램프",
    "مصباح أحمر",
    "lamp красная 灯 🔦",
    "the and of to",
    "the",
    "' ' \" \" \\ \\\\",
    "%00%0a $(id) `id` ${jndi:ldap://x}",
    "a",
    "é" + "\u0301" * 150,
    "\ufeff\u202elamp\u200b",
    "0" * 10_000,
    "lamp " * 2_000,
    "灯" * 10_000,
    " ".join(f"w{number}" for number in range(2_000)),
    "NaN Infinity -0 1e999 null true",
]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_text_is_words(system: System, text: str, ask: Ask) -> None:
    """It finds products by its words, and by its meaning where the encoder reads it; never fails."""
    page = ask(text, system=system, size=5, explain=True)
    by_meaning = {"native", "strong", *({"vector"} if says_anything(text) else ())}
    assert len(page.hits) == (5 if system in by_meaning else min(page.total, 5))
    assert all(not hit.id.startswith("x") for hit in page.hits)
    assert bool(page.notes) == (len(text) > 2_000 or not says_anything(text))


@pytest.mark.parametrize("text", ["", "   ", "\x00\x1f", "lamp \udc80"])
def test_what_is_no_text_is_refused(text: str, ask: Ask) -> None:
    """Nothing, control characters alone and broken Unicode are the asker's to mend."""
    with pytest.raises(RequestError):
        ask(text)


@pytest.mark.parametrize("value", [*TEXTS[:20], "*", "Ald*", "Alder OR Birch"])
def test_a_filters_value_is_a_value(value: str, ask: Ask) -> None:
    """No value of a filter matches anything but itself."""
    for field in ("brand", "specs.material"):
        page = ask(" ".join(KINDS), filters=(Filter(field, value),))
        assert page.total == 0


def test_wildcards_select_nothing(ask: Ask) -> None:
    """A star is no word: BM25 finds nothing, it does not find everything."""
    found: SearchResponse = ask("*", system="bm25")
    assert found.total == 0


@pytest.fixture(scope="module")
def chinese(client: OpenSearch, shop: Shop, tiny_model: Path) -> Iterator[Searcher]:
    """A shop whose words are single characters and pairs of them."""
    name = f"{shop.alias}-zh"
    shown = {"z1": {"title": "保暖冲锋衣"}, "z2": {"title": "保温壶"}, "z3": {"title": "野营灯"}}
    try:
        build(client, shop.settings, describe(name, str(tiny_model), language="chinese"), shown)
        with Searcher.open(name, shop.settings) as opened:
            yield opened
    finally:
        client.indices.delete(index=f"{name}-v1", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=name, params={"ignore": 404})


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_longest_text_is_within_the_engines_limits(system: System, chinese: Searcher) -> None:
    """10,000 different characters, each a word and half of two pairs, are cut to what it takes."""
    text = "".join(chr(0x4E00 + number) for number in range(10_000))
    assert chinese.search(SearchRequest(text, system=system)).notes
    found = chinese.search(SearchRequest("保暖外套", system="bm25"))
    assert [hit.id for hit in found.hits] == ["z1", "z2"]
