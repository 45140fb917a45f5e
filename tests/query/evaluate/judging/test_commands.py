import json
from pathlib import Path

import pytest

from connector import cli
from query.evaluate import judgments

FILES = {
    "queries.tsv": "query_id\tquery\nq1\tcoat\nq2\ttent\n",
    "a.tsv": "query_id\tproduct_id\tgrade\nq1\ta\t3\n",
    "b.tsv": "query_id\tproduct_id\tgrade\nq1\ta\t1\nq1\tb\t1\n",
    "bm25.run": "q1 Q0 b 1 9.0 x\nq1 Q0 a 2 8.0 x\n",
    "case.csv": "query,docid,rating\ntent,c,3\nlamp,d,1\n",
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_stored_runs_are_pooled_without_a_cluster(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table holds each pair once, and the line says how many are left to judge."""
    arguments = ["--queries", "queries.tsv", "--qrels", "a.tsv", "--stored", "bm25.run"]
    assert cli.run(["judgments", "pool", *arguments, "--to", "pool.tsv"]) == 0
    assert "pool.tsv: 2 pairs of 2 queries, 1 to judge" in capsys.readouterr().out
    assert "q1\tcoat\ta\t\t3\tyes\n" in (files / "pool.tsv").read_text("utf-8")


def test_an_import_is_what_evaluate_reads(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Queries keep their ids, new ones are added, and both files are written."""
    arguments = ["case.csv", "--queries", "queries.tsv", "--to", "judged", "--json"]
    assert cli.run(["judgments", "import", *arguments]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pairs"], told["queries_judged"], told["without_grade"]) == (2, 2, 0)
    found = judgments.read(files / "judged/queries.tsv", files / "judged/qrels.tsv")
    assert found.queries == {"q2": "tent", "q3": "lamp"}
    assert cli.run(["judgments", "import", *arguments]) == 3


def test_conflicts_stop_a_merge(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written until somebody says which file is right."""
    arguments = ["judgments", "merge", "a.tsv", "b.tsv", "--to", "both.tsv"]
    assert cli.run([*arguments, "--json"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out)["conflicts"] == [
        {"query_id": "q1", "product_id": "a", "grades": {"a.tsv": 3, "b.tsv": 1}}
    ]
    assert "'a': 3 in a.tsv, 1 in b.tsv" in err
    assert not (files / "both.tsv").exists()
    assert cli.run([*arguments, "--prefer", "last"]) == 0
    assert "the last grade kept: 1" in capsys.readouterr().err
    assert judgments.read_grades(files / "both.tsv") == {"q1": {"a": 1, "b": 1}}
