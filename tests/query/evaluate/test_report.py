import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from connector.errors import JudgmentsError
from query.evaluate import report
from query.evaluate.ablation import ablate
from query.evaluate.evaluation import Evaluation, evaluate
from query.evaluate.judgments import Judgments
from query.evaluate.report.views import MOST_SHOWN
from query.evaluate.runs import Run
from query.evaluate.slices import Slice

EVIL = "<script>alert('&')</script>"
LOADING = {"src", "href", "xlink:href", "srcset", "data", "poster", "action", "background"}
VOID = {"meta", "br", "link", "input", "img"}


class _Page(HTMLParser):
    """What a browser would see: elements, their attributes, and whether they are well nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(evaluation: Evaluation) -> str:
    return report.render(evaluation, "queries.tsv · 2026-01-01", {"a": EVIL})


@pytest.fixture(scope="module")
def page(html: str) -> _Page:
    return _Page(html)


def test_the_page_loads_nothing(html: str, page: _Page) -> None:
    """No address stands in it, and no element or style refers to anything but the page itself."""
    assert re.findall(r"(?:https?|file|ftp):|//\w", html) == []
    assert "@import" not in html
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", html))
    for _, attributes in page.elements:
        for name in LOADING & attributes.keys():
            assert (attributes[name] or "").startswith("#")
    policy = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv")]
    assert policy
    assert (policy[0] or "").startswith("default-src 'none'")


def test_text_from_outside_is_escaped(html: str, page: _Page) -> None:
    """A query, product id or run name that is HTML is shown, not run."""
    assert len(page.named("script")) == 1
    assert html.count("<script>") == 1
    assert "alert" not in html.split("<script>")[1]
    assert "<script>alert('&')</script>" in page.text


def test_names_in_drawings_stay_text(html: str) -> None:
    """A run's name is neither markup nor mathematics to the plots."""
    drawing = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)[0]
    assert "&lt;b&gt;$x$&lt;/b&gt;" in drawing


def test_a_long_name_leaves_room_for_the_drawing() -> None:
    """A run named by a long path is shortened at its front in the drawings, and only there."""
    name = "/a/rather/long/way/down/to/the/stored/hybrid.run"
    judgments = Judgments({"q1": "coat"}, {"q1": {"a": 1}})
    html = report.render(evaluate(judgments, [Run(name, {}), Run("hybrid", {})]), "now", {})
    assert "…e/stored/hybrid.run" in html
    assert name in html
    assert all(name not in part for part in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL))


def test_ids_are_unique_and_references_lead_somewhere(page: _Page) -> None:
    """Several drawings in one page do not borrow each other's parts; labels point at elements."""
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for name in ("aria-labelledby", "aria-controls"):
            assert attributes.get(name) in {None, *ids}
        if "href" in attributes:
            assert (attributes["href"] or "").removeprefix("#") in ids


def test_every_query_and_figure_is_there(page: _Page, evaluation: Evaluation) -> None:
    """The means, a drawing per comparison, and each query with its hits and grades are shown."""
    assert len(page.named("svg")) == 3
    for text in evaluation.judgments.queries.values():
        assert text in page.text
    for measured in evaluation.systems:
        assert f"{measured.scores.mean['nDCG@10']:.3f}" in page.text
    assert "no hits" in page.text
    assert "not judged" in page.text


def test_colours_follow_the_reader(html: str, page: _Page) -> None:
    """Drawings take the page's colours, which has a dark set; nothing is drawn in fixed black."""
    assert "prefers-color-scheme: dark" in html
    drawings = "".join(re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL))
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", drawings)) == set()
    assert any(meta.get("name") == "viewport" for meta in page.named("meta"))


def test_everything_that_acts_is_a_button(page: _Page) -> None:
    """Sorting and opening work from the keyboard: one button per column and per query."""
    columns = 1 + 2 + 1
    assert len(page.named("button")) == columns + 3
    assert {button["type"] for button in page.named("button")} == {"button"}


def test_one_system_alone_has_a_report() -> None:
    """Without anything to compare with, the comparing parts are left out."""
    judgments = Judgments({"q1": "coat"}, {"q1": {"a": 1}})
    html = report.render(evaluate(judgments, [Run("bm25", {})]), "now", {})
    page = _Page(html)
    assert len(page.named("svg")) == 1
    assert "Evaluation of 1 system" in page.text
    assert "baseline" not in page.text


def test_a_report_is_written_where_it_was_asked(tmp_path: Path, evaluation: Evaluation) -> None:
    """Missing folders are made; a place that cannot be written is said in one line."""
    file = tmp_path / "new" / "report.html"
    report.write(evaluation, file, "now", {})
    assert file.read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(JudgmentsError, match="cannot be written"):
        report.write(evaluation, file / "below", "now", {})


@pytest.fixture(scope="module")
def whole() -> str:
    """A page with every section: slices, ablation, scores, wins and losses with titles."""
    queries = {f"q{number}": f"coat {number}" for number in range(8)}
    judged = Judgments(queries, {query: {"a": 3, "b": 0} for query in queries})
    base = Run("bm25", {query: [("b", 2.0), ("x", 1.5), ("a", 1.0)] for query in queries})
    other = Run("hybrid", {query: [("a", 0.9), ("b", 0.1)] for query in queries})
    ablation = ablate(judged, base, {EVIL: other}, ("price",))
    slices = [Slice("kind", EVIL, ("q1", "q2")), Slice("kind", "rest", ("q3",))]
    found = evaluate(judged, [base, other], 1, slices, ablation)
    return report.render(found, "now", {"a": f"Coat {EVIL}", "b": "Belt"})


def test_answers_stand_side_by_side(whole: str) -> None:
    """The largest wins open to both answers, with grades, titles and where each hit stood before."""
    page = _Page(whole)
    assert len(page.named("details")) == MOST_SHOWN
    assert len(page.named("summary")) == MOST_SHOWN
    text = "".join(page.text.split())
    assert "0.500→1.000+0.500" in text
    assert f"grade3Coat{EVIL}awas3" in text
    assert "grade0Beltbwas1" in text


def test_slices_and_parts_have_tables(whole: str) -> None:
    """Names from outside are escaped; what loses is named with its setting."""
    page = _Page(whole)
    assert len(page.named("script")) == 1
    text = "".join(page.text.split())
    assert f"kind{EVIL}2few" in text
    assert f"Losingbeyondnoise:{EVIL}" in text
    assert f'search.quarantined=["price","{EVIL}"]' in text
    assert "8of8" in text
    assert "loses" in text


def test_scores_are_drawn_where_there_are_enough(whole: str) -> None:
    """Each system with judged pairs for two bins has its spread and its calibration."""
    assert "What a score says" not in whole
    judged = Judgments({"q1": "coat"}, {"q1": {f"p{place}": place % 2 for place in range(40)}})
    run = Run("deep", {"q1": [(f"p{place}", -float(place)) for place in range(40)]})
    page = _Page(report.render(evaluate(judged, [run]), "now", {}))
    assert len(page.named("svg")) == 3
    assert "What a score says" in page.text


def test_every_scrolling_part_can_be_reached_by_keyboard(whole: str) -> None:
    """What scrolls sideways on a phone takes the focus and has a name."""
    page = _Page(whole)
    scrolling = [one for one in page.named("div") if one.get("class") == "scroll"]
    assert len(scrolling) == 4
    assert all(one.get("tabindex") == "0" and one.get("aria-labelledby") for one in scrolling)
