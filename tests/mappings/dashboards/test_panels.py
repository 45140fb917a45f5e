import importlib.util
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch

from mappings.dashboards.boards import BOARDS, PANELS
from mappings.dashboards.panel import Panel
from mappings.dashboards.query import Measure, Query, Split
from mappings.dashboards.sources import SOURCES
from mappings.dashboards.vega import specification

_SINCE = {panel.id: board.since for board in BOARDS for panel in board.panels}
_DRAWN = [panel for panel in PANELS if panel.drawn != "table"]


def rows(client: OpenSearch, panel: Panel, suffix: str) -> list[dict[str, Any]]:
    """What the panel gets of the indices whose names end so, in the days its board opens with."""
    source, body = SOURCES[panel.source], panel.query.body()
    if source.time:
        body["query"] = {"range": {source.time: {"gte": _SINCE[panel.id], "lte": "now"}}}
    index = source.pattern().replace("*", suffix)
    return panel.query.rows(client.search(index=index, body=body))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_every_panel_gets_rows_with_figures(panel: Panel, client: OpenSearch, suffix: str) -> None:
    """On a real cluster its search is taken, and each column has a figure somewhere."""
    found = rows(client, panel, suffix)
    assert found
    for name in (part.name for part in (*panel.query.splits, *panel.query.measures)):
        assert any(row[name] is not None for row in found), name


@pytest.mark.parametrize("panel", _DRAWN, ids=lambda panel: panel.id)
def test_a_drawing_sends_the_very_search_and_plots_its_columns(panel: Panel) -> None:
    """Every field of an encoding is a column; the search is the one that is tested above."""
    spec = specification(panel)
    assert spec["data"]["url"]["body"] == panel.query.body()
    made = {part.name for part in (*panel.query.splits, *panel.query.measures)}
    assert {*_fields(spec.get("encoding", {}))} <= made
    calculated = {step["as"] for step in spec["transform"] if "calculate" in step}
    assert made <= calculated


def _fields(encoding: dict[str, Any]) -> list[str]:
    channels = [
        one for each in encoding.values() for one in (each if isinstance(each, list) else [each])
    ]
    return [channel["field"] for channel in channels if "field" in channel]


def test_figures_are_right(client: OpenSearch, suffix: str) -> None:
    """Counted by hand: the newest value, a share, a rate over other documents, a reciprocal."""
    by_id = {panel.id: panel for panel in PANELS}

    def of(name: str) -> list[dict[str, Any]]:
        return rows(client, by_id[name], suffix)

    (index,) = of("connector-indices")
    assert (index["products"], index["seconds old"]) == (264, 40.0)
    systems = {row["system"]: row["nDCG@10"] for row in of("connector-systems")}
    assert systems == pytest.approx({"bm25": 0.7, "hybrid": 0.8})
    wins = of("connector-wins")
    assert [row["query"] for row in wins] == ["<b>query</b> 3", "<b>query</b> 2"]
    places = {row["position"]: row["clicks per search"] for row in of("connector-click-through")}
    assert places[1] == pytest.approx(11 / 32)
    empty = sum(row["share"] for row in of("connector-zero-results"))
    assert empty > 0


def test_indices_that_do_not_exist_give_no_rows(client: OpenSearch) -> None:
    """Before anything was recorded a panel is empty, and no error."""
    query = Query((), (Split("a", "a"),), (Measure("n", "count"),))
    assert query.rows(client.search(index="t-nowhere*", body=query.body())) == []


def test_every_panel_stands_on_one_board_in_both_languages() -> None:
    """Ids are unique, and nothing is left without a title."""
    ids = [panel.id for panel in PANELS]
    assert len(set(ids)) == len(ids)
    for text in (words for each in (*BOARDS, *PANELS) for words in each.title):
        assert text
    assert all(note for panel in PANELS for note in panel.note)


def test_the_page_of_docs_is_what_the_code_says() -> None:
    """Panels and fields are described where they are defined (`make docs` writes them out)."""
    file = Path(__file__).parents[3] / "docs" / "generate_fields.py"
    spec = importlib.util.spec_from_file_location("generate_fields", file)
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    text = generate.FILE.read_text("utf-8")
    assert generate.document(text) == text
