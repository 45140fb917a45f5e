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


def changed(change: Callable[[Json], None], type_: str) -> str:
    """The file with one object of a type changed."""
    objects = json.loads(json.dumps(saved_objects()))
    change(next(each for each in objects if each["type"] == type_))
    return ndjson(objects)


def inside(attribute: str, change: Callable[[Any], None]) -> Callable[[Json], None]:
    def on(each: Json) -> None:
        value = json.loads(each["attributes"][attribute])
        change(value)
        each["attributes"][attribute] = json.dumps(value)

    return on


@pytest.mark.parametrize(
    ("type_", "change", "said"),
    [
        ("visualization", lambda each: each.update(type="lens"), "unknown type"),
        ("visualization", lambda each: each["attributes"].update(colour=1), "unknown attributes"),
        ("visualization", lambda each: each.update(colour=1), "unknown keys"),
        ("dashboard", lambda each: each["migrationVersion"].update(dashboard="7.11.0"), "above"),
        ("dashboard", lambda each: each["migrationVersion"].clear(), "migrationVersion"),
        ("dashboard", lambda each: each["references"][0].update(id="x"), "which is missing"),
        ("dashboard", lambda each: each["references"].pop(), "has no reference"),
        ("dashboard", lambda each: each["attributes"].pop("title"), "has no title"),
        ("index-pattern", lambda each: each["attributes"].pop("fields"), "has no fields"),
        ("index-pattern", lambda each: each["attributes"].update(timeFieldName="t"), "time field"),
        ("visualization", inside("visState", lambda v: v.update(type="lens")), "unknown visual"),
        ("visualization", lambda each: each["attributes"].update(visState="{"), "cannot be read"),
    ],
)
def test_what_an_importer_refuses_is_found(
    type_: str, change: Callable[[Json], None], said: str
) -> None:
    """Each fault is told with the object that has it."""
    found = faults(changed(change, type_))
    assert any(said in each for each in found), found


def test_a_field_that_does_not_exist_is_found() -> None:
    """A table can only group by what its index pattern has."""
    objects = json.loads(json.dumps(saved_objects()))
    table = next(each for each in objects if '"type": "table"' in str(each))
    inside("visState", lambda v: v["aggs"][-1]["params"].update(field="gone"))(table)
    assert any("'gone'" in each for each in faults(ndjson(objects)))


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


def test_the_two_files_part_in_the_state_of_panels_alone() -> None:
    """Everything else is read by both."""
    for ours, theirs in zip(saved_objects(), saved_objects("kibana"), strict=True):
        if ours["type"] != "dashboard":
            assert ours == theirs
            continue
        here, there = (json.loads(one["attributes"]["panelsJSON"]) for one in (ours, theirs))
        assert {panel["version"] for panel in here} == {"2.8.0"}
        assert {panel["version"] for panel in there} == {"7.10.0"}
