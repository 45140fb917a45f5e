import re
from pathlib import Path

import pytest
from plugins.query_shop import describe

from connector.errors import RequestError
from query.explain import page
from query.response import Evidence, Hit, Match, SearchResponse, Term

CATALOGUE = describe("t-page", "a-model")
EVIL = '<script>alert("1")</script>'


def respond(text: str) -> SearchResponse:
    """Return a page whose every text is this one."""
    terms = (Term("vector", 2, 0.4, 0.4, 0.5), Term("accessory", None, 1.0, 1.0, -0.1))
    evidence = Evidence(terms, matches=(Match(text, text, "", text, 1.0),), missing=(text,))
    hit = Hit(text, 0.1, {"title": text, "brand": text}, evidence)
    return SearchResponse((hit,), 1, "eq", 3.0, "hybrid", notes=(text,))


def test_the_page_needs_nothing_beside_itself(tmp_path: Path) -> None:
    """One file: no script, no picture, no address; it says so to the browser too."""
    file = tmp_path / "new" / "why.html"
    page.write(file, "lamp", [respond("lamp")], CATALOGUE, 1)
    text = file.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"<(script|img|link|iframe)|https?:|url\(|@import", text)
    assert "prefers-color-scheme: dark" in text


def test_what_came_from_outside_is_only_text(tmp_path: Path) -> None:
    """Markup in a query, a title, an id or a note is shown, not run."""
    page.write(tmp_path / "why.html", EVIL, [respond(EVIL)], CATALOGUE, 1)
    text = (tmp_path / "why.html").read_text("utf-8")
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 8


def test_systems_stand_on_one_page(tmp_path: Path) -> None:
    """Several systems have a section each; a bar that takes away looks another way."""
    empty = SearchResponse((), 0, "eq", 1.0, "bm25")
    page.write(tmp_path / "why.html", "lamp", [respond("lamp"), empty], CATALOGUE, 1)
    text = (tmp_path / "why.html").read_text("utf-8")
    assert text.count("<section id=") == 2
    assert "No product on this page." in text
    assert text.count('class="bar less"') == 1


def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """The fault names the file."""
    with pytest.raises(RequestError, match="cannot be written"):
        page.write(tmp_path, "lamp", [respond("lamp")], CATALOGUE, 1)
