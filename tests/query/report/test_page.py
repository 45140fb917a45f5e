import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.browser import DESK, PHONE, Browser
from plugins.figures import figures
from plugins.servers import environment

from connector import cli
from connector.settings import Settings
from mappings.dashboards.boards import BOARDS, PANELS
from query.report import words
from query.report.page import facts, render
from query.report.rows import Filled

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
EMPTY = [(board, [Filled(panel, []) for panel in board.panels]) for board in BOARDS]


@pytest.fixture(scope="module")
def file(client: OpenSearch, admin: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that the command writes of figures such as the demo leaves."""
    written = tmp_path_factory.mktemp("report") / "deep" / "report.html"
    with figures(client), pytest.MonkeyPatch.context() as patch:
        for name, value in environment(admin).items():
            patch.setenv(name, value)
        assert cli.run(["report", str(written)]) == 0
    return written


def test_every_panel_is_filled(file: Path) -> None:
    """The figures of all dashboards, and a line of those at the top."""
    html = file.read_text("utf-8")
    assert 'class="empty"' not in html
    for panel in PANELS:
        assert f'id="{panel.id}"' in html
    assert html.count("<strong>") == 4


def test_the_page_loads_nothing_and_runs_nothing_that_it_was_given(file: Path) -> None:
    """No address stands in it, and a query that is HTML is shown."""
    html = file.read_text("utf-8")
    assert re.findall(r"(?:https?|file|ftp):|//\w|@import|url\(", html) == []
    assert "<b>query</b>" not in html
    assert "&lt;b&gt;query&lt;/b&gt; 3" in html
    assert html.count("<script>") == 1


def test_what_was_not_recorded_says_how_it_is() -> None:
    """An empty cluster gives a page, too, with the command for each panel."""
    html = render(EMPTY, "zh", 30, AT)
    assert '<html lang="zh">' in html
    assert html.count('class="empty"') == len(PANELS)
    assert "connector doctor --record" in html


def test_columns_have_titles_in_both_languages() -> None:
    """All but those of measures that have one name everywhere; none for a column that is no more."""
    parts = [part.name for panel in PANELS for part in (*panel.query.splits, *panel.query.measures)]
    assert {*parts} - words.COLUMNS.keys() == {"nDCG@10", "MRR", "R@100"}
    assert words.COLUMNS.keys() <= {*parts}


def test_what_is_recorded_between_two_panels_moves_no_share() -> None:
    """Searches and their share without a result are of the same time and system."""
    rows = {
        "connector-searches": [
            {"time": 1, "system": "hybrid", "searches": 10},
            {"time": 2, "system": "bm25", "searches": 30},
        ],
        "connector-zero-results": [
            {"time": 0, "system": "bm25", "share": 1.0},
            {"time": 1, "system": "hybrid", "share": 0.5},
            {"time": 2, "system": "bm25", "share": 0.0},
        ],
    }
    boards = [
        (board, [Filled(panel, rows.get(panel.id, [])) for panel in board.panels])
        for board in BOARDS
    ]
    [searches] = facts(boards)
    assert (searches.value, searches.beside) == ("40", "12.5 %")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_browser_shows_it_without_a_complaint(
    file: Path, browser: Browser, size: tuple[int, int]
) -> None:
    """On a phone nothing is wider than the window; every drawing has a size, no label is cut."""
    browser.logs.clear()
    browser.requests.clear()
    browser.open(file.as_uri(), size)
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    assert browser.run(
        "[...document.querySelectorAll('svg:not(.bar)')].every((one) => one.clientHeight > 80)"
    )
    assert browser.run(
        "[...document.querySelectorAll('svg text')].every((one) => {"
        " const [own, card] = [one, one.closest('article')].map((each) => each.getBoundingClientRect());"
        " return card.left <= own.left && own.right <= card.right &&"
        " getComputedStyle(one.ownerSVGElement).overflow === 'visible'; })"
    )
    assert browser.run(
        "[...document.querySelectorAll('.bar')].every((one) => one.clientHeight > 8)"
        " && document.querySelector('.bar') !== null"
    )
    assert browser.logs == []
    assert browser.requests == [file.as_uri()]


def test_the_language_is_changed_by_the_keyboard(file: Path, browser: Browser) -> None:
    """Tab reaches the button, Enter presses it, and every heading is in the other language."""
    browser.open(file.as_uri())
    browser.run("document.querySelector('button[lang=zh]').focus()")
    browser.press("Enter")
    assert browser.run("document.documentElement.lang") == "zh"
    headings = "JSON.stringify([...document.querySelectorAll('h3')].map((one) => one.innerText))"
    shown = json.loads(browser.run(headings))
    assert shown == [panel.title.zh for panel in PANELS]


def test_a_file_that_cannot_be_written_is_said(
    admin: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In one line with the reason; the exit code is that of a wrong call."""
    for name, value in environment(admin).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "file").touch()
    assert cli.run(["report", str(tmp_path / "file" / "report.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err
