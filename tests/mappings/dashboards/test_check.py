import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector import cli
from mappings.dashboards.check import faults
from mappings.dashboards.objects import ndjson, saved_objects

Json = dict[str, Any]


@pytest.mark.parametrize("flavour", ["opensearch", "kibana"])
def test_what_is_made_here_would_be_taken(flavour: Any) -> None:
    """Nothing in either file is what an importer refuses."""
    assert faults(ndjson(saved_objects(flavour))) == []


def inside(attribute: str, change: Callable[[Any], None]) -> Callable[[Json], None]:
    def on(each: Json) -> None:
        value = json.loads(each["attributes"][attribute])
        change(value)
        each["attributes"][attribute] = json.dumps(value)

    return on


def attribute(name: str, value: object) -> Callable[[Json], None]:
    return lambda each: each["attributes"].update({name: value})


def agg(number: int, **params: object) -> Callable[[Json], None]:
    """Change what an aggregation of the table is asked with."""
    return inside("visState", lambda state: state["aggs"][number]["params"].update(params))


def state(number: int, **what: object) -> Callable[[Json], None]:
    """Change an aggregation of the table."""
    return inside("visState", lambda state: state["aggs"][number].update(what))


def panel(change: Callable[[Json], None]) -> Callable[[Json], None]:
    """Change the first panel of a board."""
    return inside("panelsJSON", lambda panels: change(panels[0]))


def spec(change: Callable[[Json], None]) -> Callable[[Json], None]:
    """Change the specification of a drawing."""

    def on(state: Json) -> None:
        own = json.loads(state["params"]["spec"])
        change(own)
        state["params"]["spec"] = json.dumps(own)

    return inside("visState", on)


def url(**what: object) -> Callable[[Json], None]:
    return spec(lambda own: own["data"]["url"].update(what))


def search(change: Callable[[Json], None]) -> Callable[[Json], None]:
    """Change the search that any object keeps."""

    def on(each: Json) -> None:
        kept = each["attributes"]["kibanaSavedObjectMeta"]
        own = json.loads(kept["searchSourceJSON"])
        change(own)
        kept["searchSourceJSON"] = json.dumps(own)

    return on


ANY = [
    (lambda each: each.update(type="lens"), "unknown type"),
    (lambda each: each.update(colour=1), "unknown keys"),
    (attribute("colour", 1), "unknown attributes"),
    (lambda each: each["attributes"].pop("title"), "has no title"),
    (lambda each: each["migrationVersion"].update(dashboard="7.11.0"), "is above 7.9.3"),
    (lambda each: each["migrationVersion"].update(lens="7.9.3"), "expected its own type"),
    (lambda each: each["references"][0].update(id="x"), "which is missing"),
    (lambda each: each["references"].append(each["references"][0]), "two references named"),
    (lambda each: each["attributes"].pop("kibanaSavedObjectMeta"), "searchSourceJSON is not JSON"),
    (search(lambda own: own.update(indexRefName="x")), "no reference to an index pattern names"),
    (search(lambda own: own["query"].update(language="sql")), "not kuery or lucene"),
    (attribute("optionsJSON", {"useMargins": True}), "its optionsJSON is not JSON as a text"),
    (attribute("panelsJSON", "{"), "its panelsJSON is not JSON as a text"),
]
BOARD = [
    (lambda each: each["references"].pop(), "has no reference"),
    (panel(lambda one: one.update(panelIndex="1")), "two panels have one panelIndex"),
    (panel(lambda one: one.update(panelIndex=0)), "is not a text"),
    (panel(lambda one: one.update(id="x")), "unknown keys id"),
    (panel(lambda one: one.update(embeddableConfig="{}")), "is no object"),
    (panel(lambda one: one.update(version="6.3.0")), "its grid would be changed"),
    (panel(lambda one: one.pop("version")), "its grid would be changed"),
    (panel(lambda one: one["gridData"].update(x=40)), "beyond the 48 columns"),
    (panel(lambda one: one["gridData"].update(h=20)), "lie on one another"),
    (panel(lambda one: one.pop("gridData")), "cannot be read"),
    (lambda each: each["attributes"].pop("timeFrom"), "restores a time and names none"),
    (attribute("timeRestore", False), "does not restore it"),
]
PATTERN = [
    (lambda each: each["attributes"].pop("fields"), "has no fields"),
    (attribute("title", "a, b"), "its title 'a, b'"),
    (attribute("timeFieldName", "gone"), "of the type date"),
    (attribute("timeFieldName", "system"), "of the type date"),
    (inside("fields", lambda own: own.append(own[0])), "has a field twice"),
    (inside("fields", lambda own: own[0].pop("aggregatable")), "lacks aggregatable"),
    (inside("fields", lambda own: own[0].update(type="keyword")), "the unknown type 'keyword'"),
    (attribute("fieldFormatMap", '{"gone": {"id": "bytes"}}'), "writes 'gone' in a format"),
    (attribute("fieldFormatMap", '{"ndcg_10": {"id": "stars"}}'), "the unknown format 'stars'"),
    (attribute("fieldFormatMap", '{"ndcg_10": {}}'), "cannot be read"),
]
TABLE = [
    (inside("visState", lambda own: own.update(type="lens")), "unknown visualization"),
    (lambda each: each["references"].clear(), "has no index pattern"),
    (state(0, schema="segment"), "aggregates as 'segment'"),
    (state(0, type="terms"), "aggregates 'terms' as 'metric'"),
    (state(0, id="2"), "two aggregations have one id"),
    (state(0, id="23"), "the id '23' begins with another's"),
    (inside("visState", lambda own: own.update(aggs=own["aggs"][-1:])), "has no metric"),
    (agg(-1, field="gone"), "aggregates 'gone', which its index pattern does not have"),
    (agg(-1, field="_source"), "which is not aggregatable"),
    (agg(-1, field=None), "aggregates 'terms' of no field"),
    (agg(-1, orderBy="9"), "which is no metric"),
    (agg(-1, orderBy="1"), "which has no order"),
    (state(0, type="avg", params={"field": "system"}), "takes 'avg' of 'system', which is string"),
    (agg(0, aggregate="first"), "takes top_hits by 'first'"),
    (agg(0, field="system"), "takes the max of 'system'"),
    (agg(0, sortField="gone"), "which is no field"),
]
DRAWING = [
    (
        spec(
            lambda own: own.update({"$schema": "https://vega.github.io/schema/vega-lite/v6.json"})
        ),
        "its $schema is not",
    ),
    (spec(lambda own: own.update(hconcat=[])), "cannot fit its panel"),
    (spec(lambda own: own.update(width=300)), "sets width"),
    (spec(lambda own: own["transform"].append({"quantile": "a"})), "transforms by quantile"),
    (
        spec(lambda own: own["transform"].append({"calculate": "datum['view']", "as": "a"})),
        "reads 'view' in",
    ),
    (
        spec(lambda own: own["data"].update(url="https://example.com/a.json")),
        "elsewhere than an index",
    ),
    (spec(lambda own: own["data"].update(values=[])), "only one may be there"),
    (url(index="gone*"), "no index pattern of the file has as its title"),
    (spec(lambda own: own["data"]["url"]["body"].update(query={"match_all": {}})), "sets a query"),
    (spec(lambda own: own["data"]["url"].pop("%context%")), "has no %context%"),
    (spec(lambda own: own["data"]["url"].pop("%timefield%")), "has the %timefield% None"),
    (
        spec(lambda own: own["data"]["url"]["body"]["aggs"].update(a={"terms": {"field": "gone"}})),
        "aggregates 'gone', which its index pattern cannot aggregate",
    ),
    (spec(lambda own: own.pop("data")), "elsewhere than an index"),
    (attribute("visState", json.dumps({"type": "vega", "params": {}})), "cannot be read"),
]


@pytest.mark.parametrize(
    ("id_", "change", "said"),
    [
        *(("connector-relevance", *rule) for rule in (*ANY, *BOARD)),
        *(("connector-relevance-pattern", *rule) for rule in PATTERN),
        *(("connector-systems", *rule) for rule in TABLE),
        *(("connector-quality-over-time", *rule) for rule in DRAWING),
    ],
)
def test_each_rule_refuses_what_breaks_it(
    id_: str, change: Callable[[Json], None], said: str
) -> None:
    """One thing wrong with one object is told in words that say which."""
    type_ = {"connector-relevance": "dashboard", "connector-relevance-pattern": "index-pattern"}
    objects = json.loads(json.dumps(saved_objects()))
    wanted = (type_.get(id_, "visualization"), id_.removesuffix("-pattern"))
    change(next(each for each in objects if (each["type"], each["id"]) == wanted))
    found = faults(ndjson(objects))
    assert any(said in each for each in found), found


def test_without_versions_the_file_is_as_well() -> None:
    """Every migration from 6.7 on runs then, and none finds anything old in it."""
    objects = [{**each, "migrationVersion": {}} for each in saved_objects()]
    assert faults(ndjson(objects)) == []


def test_figures_are_written_as_people_read_them() -> None:
    """Bytes and shares of the index that has them; no other pattern says anything of formats."""
    formats = {
        each["attributes"]["title"]: json.loads(each["attributes"].get("fieldFormatMap", "{}"))
        for each in saved_objects()
        if each["type"] == "index-pattern"
    }
    shares = {name: {"id": "percent"} for name in ("coverage", "skip_ratio", "busy_ratio")}
    assert formats.pop("connector-metrics*") == {"bytes": {"id": "bytes"}, **shares}
    assert not any(formats.values())


def test_the_commands_write_and_read_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`export` makes what `check` finds well; what is broken exits 1; a wrong name is said."""
    file = tmp_path / "all.ndjson"
    assert cli.run(["dashboards", "export", str(file)]) == 0
    assert cli.run(["dashboards", "check", str(file)]) == 0
    file.write_text(file.read_text("utf-8") + "{", "utf-8")
    assert cli.run(["dashboards", "check", str(file)]) == 1
    assert "is not JSON" in capsys.readouterr().out
    assert cli.run(["dashboards", "export", str(tmp_path / "all.json")]) == 2
    file.write_bytes(b"\xff")
    assert cli.run(["dashboards", "check", str(file)]) == 2


def test_the_two_files_part_in_the_state_of_panels_alone() -> None:
    """Everything else is read by both."""
    for ours, theirs in zip(saved_objects(), saved_objects("kibana"), strict=True):
        if ours["type"] != "dashboard":
            assert ours == theirs
            continue
        here, there = (json.loads(one["attributes"]["panelsJSON"]) for one in (ours, theirs))
        assert {panel["version"] for panel in here} == {"2.8.0"}
        assert {panel["version"] for panel in there} == {"7.10.0"}


def test_behaviour_is_read_where_its_prefix_says() -> None:
    """Index patterns and drawings follow the setting; ids stay, and the file is as well."""
    ours, theirs = saved_objects(), saved_objects(prefix="shop-ubi")
    assert faults(ndjson(theirs)) == []
    assert [each["id"] for each in ours] == [each["id"] for each in theirs]
    titles = {each["attributes"]["title"] for each in theirs if each["type"] == "index-pattern"}
    assert {"shop-ubi_queries*", "shop-ubi_queries*,shop-ubi_events*"} <= titles
    assert '"ubi_' not in ndjson(theirs)
