"""Texts that mean something to somebody: none of them means anything but words here."""

from collections.abc import Callable

import pytest
from plugins.query_shop import KINDS

from connector.errors import RequestError
from query.request import SYSTEMS, Filter, System
from query.response import SearchResponse

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
    """It finds products by its words and its meaning, or nothing, and never fails."""
    page = ask(text, system=system, size=5, explain=True)
    assert len(page.hits) == (min(page.total, 5) if system == "bm25" else 5)
    assert all(not hit.id.startswith("x") for hit in page.hits)
    assert bool(page.notes) == (len(text) > 2_000)


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
