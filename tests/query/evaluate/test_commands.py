import json
import subprocess
import sys
from pathlib import Path

import pytest

from connector import cli
from query.evaluate.commands import USUAL
from query.request import SYSTEMS

FILES = {
    "queries.tsv": "query_id\tquery\nq1\tcoat\nq2\ttent\nq3\tlamp\n",
    "qrels.tsv": "query_id\tproduct_id\tgrade\nq1\ta\t3\nq1\tb\t1\nq2\tc\t2\n",
    "bm25.run": "q1 Q0 b 1 9.0 x\nq1 Q0 a 2 8.0 x\n",
    "hybrid.run": "q1 Q0 a 1 0.9 x\nq1 Q0 b 2 0.8 x\nq2 Q0 c 1 0.7 x\n",
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


ARGUMENTS = ["evaluate", "--queries", "queries.tsv", "--qrels", "qrels.tsv"]
STORED = [*ARGUMENTS, "--against", "bm25.run", "--against", "hybrid.run"]


@pytest.mark.usefixtures("files")
def test_stored_runs_are_compared_on_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """One plain row per run, the first as the baseline, without a cluster; notes stand aside."""
    assert cli.run(STORED) == 0
    out, err = capsys.readouterr()
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert rows["bm25"][1:5] == ["0.398", "0.500", "0.500", "0.100"]
    assert rows["bm25"][-1] == "baseline"
    assert rows["hybrid"][1:5] == ["1.000", "1.000", "1.000", "0.150"]
    assert rows["hybrid"][-1] == "2/0/0"
    assert "2 queries; Δ, p (Holm), wins, losses, ties against bm25" in out
    assert "note: queries without any judgment, left out: 1 (q3)" in err


@pytest.mark.usefixtures("files")
def test_scripts_read_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json standard output is one JSON document and nothing else."""
    assert cli.run([*STORED, "--json", "--relevant-from", "2"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["baseline"] == "bm25"
    assert [system["system"] for system in plain["systems"]] == ["bm25", "hybrid"]
    assert plain["relevant_from"] == 2
    assert plain["systems"][0]["per_query"]["q1"]["MRR"] == 0.5


def test_a_loss_ends_with_3(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --not-worse a run that is worse than the first beyond noise is refused, and shown."""
    queries = "".join(f"q{number}\tcoat\n" for number in range(8))
    qrels = "".join(f"q{number}\ta\t1\n" for number in range(8))
    (files / "queries.tsv").write_text(f"query_id\tquery\n{queries}", "utf-8")
    (files / "qrels.tsv").write_text(f"query_id\tproduct_id\tgrade\n{qrels}", "utf-8")
    for name, product in (("bm25", "a"), ("hybrid", "b")):
        lines = "".join(f"q{number} Q0 {product} 1 1.0 x\n" for number in range(8))
        (files / f"{name}.run").write_text(lines, "utf-8")
    assert cli.run([*STORED, "--not-worse"]) == 3
    out, err = capsys.readouterr()
    assert "hybrid" in out
    assert "worse than bm25 beyond noise: hybrid on all queries by 1.000" in err
    assert cli.run([*STORED[:-4], *STORED[-2:], "--against", "bm25.run", "--not-worse"]) == 0


def test_a_run_of_other_queries_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be 0 on every query, and read as a system that loses."""
    (files / "other.run").write_text("z9 Q0 p1 1 0.5 x\n", "utf-8")
    assert cli.run([*STORED, "--against", "other.run"]) == 2
    said = capsys.readouterr().err
    assert "run other: it answers none of the evaluated queries: 'z9' there" in said


@pytest.mark.usefixtures("files")
def test_one_system_is_not_worse_than_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """With nothing to compare --not-worse would always pass, so it is refused."""
    assert cli.run([*STORED[:-2], "--not-worse"]) == 2
    assert "there is one system only" in capsys.readouterr().err


def test_a_report_is_written(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--report makes the page and says where it is."""
    assert cli.run([*STORED, "--report", "out/report.html"]) == 0
    assert "report: out/report.html" in capsys.readouterr().out
    assert "hybrid" in (files / "out" / "report.html").read_text("utf-8")


def test_stored_runs_need_neither_cluster_nor_model(files: Path) -> None:
    """Comparing files loads no client, no model and no searcher."""
    script = (
        "import sys; from connector.cli import run; run(sys.argv[1:]); "
        "print([name for name in ('torch', 'opensearchpy', 'kafka', 'query.search') "
        "if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *STORED],
        cwd=files,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*ARGUMENTS, "--against", "none.run"], "none.run: cannot be read"),
        ([*ARGUMENTS, "--against", "bm25.run", "--against", "bm25.run"], "given twice"),
        ([*ARGUMENTS, "--against", "qrels.tsv"], "qrels.tsv:1:"),
        ([*STORED, "--run", "runs"], "none is asked"),
        ([*STORED, "--system", "splade"], "splade"),
        ([*STORED, "--relevant-from", "0"], "0"),
        (["evaluate", "--queries", "bm25.run", "--qrels", "qrels.tsv"], "bm25.run:1:"),
    ],
)
@pytest.mark.usefixtures("files")
def test_what_the_user_wrote_wrong_exits_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong file or flag is one clear message and exit code 2."""
    assert cli.run(arguments) == 2
    assert said in capsys.readouterr().err


def test_the_systems_asked_by_themselves_exist() -> None:
    """Without --system a few of search's own systems are asked, the baseline first."""
    assert USUAL[0] == "bm25"
    assert set(USUAL) <= set(SYSTEMS)
