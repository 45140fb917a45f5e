import json
from typing import Any

import pytest
from plugins.ingest_shop import to_toml
from plugins.reindex_shop import Move
from plugins.servers import environment

from connector.cli import run as connector
from mappings.live import open_index

pytestmark = pytest.mark.server


def test_the_runbook_from_plan_to_abort(
    move: Move, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What docs/reindex.md says to type works, with every gate asked; refusals exit with 3."""
    shop = move.shop
    shop.send(
        *((f"p{n}", {"id": f"p{n}", "title": f"lamp {n}", "body": "brass"}) for n in range(30)),
        headers=[("v", b"7")],
    )
    shop.ingest()
    for name, value in environment(shop.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONNECTOR_CATALOGUE", str(shop.file))
    monkeypatch.setenv("CONNECTOR_ENCODER__DEVICE", "cpu")

    def typed(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert connector(["reindex", *words]) == code, capsys.readouterr().err
        said = capsys.readouterr()
        return json.loads(said.out) if "--json" in words else said.out + said.err

    assert "there is no reindex run" in typed("status", code=2)
    assert "needs a new index" in typed("start", code=3)
    assert typed("start", "--from", "log", "--until-switched", "--json")["state"] == "switched"
    assert typed("rollback", "--json")["state"] == "rolled back"
    assert typed("abort", "--json")["state"] == "aborted"
    shop.file.write_text(to_toml(move.changed(language="standard")), "utf-8")
    planned = typed("plan", "--json")
    assert (planned["texts_to_embed"], planned["vectors_to_copy"]) == (0, 60)
    assert "language" in " ".join(planned["changes"]) or planned["changes"]

    started = typed("start", "--until-switched", "--json")
    assert (started["run"], started["state"]) == (f"{shop.catalogue.name}-v3", "switched")
    assert open_index(shop.client, shop.catalogue.name).physical == started["run"]
    seen = typed("status", "--json")
    assert seen["progress"]["counts"]["copied"] == 30
    assert {each["gate"] for each in seen["verdicts"]} >= {"counts", "checksum", "vectors"}
    assert all(each["passed"] for each in seen["verdicts"])
    screen = typed("status")
    assert "switched" in screen
    assert "next: connector reindex finish" in screen
    assert "is switched; go on with it" in typed("start", code=3)
    assert "cannot be aborted" in typed("abort", code=3)
    assert typed("rollback", "--json")["state"] == "rolled back"
    assert typed("abort", "--json")["state"] == "aborted"
    assert "aborted" in typed("status", "--all")
