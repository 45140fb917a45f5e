import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import JudgmentsError
from query.evaluate import runs

names = st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=8)
scores = st.floats(allow_nan=False, allow_infinity=False)
rankings = st.lists(st.tuples(names, scores), min_size=1, max_size=5, unique_by=lambda hit: hit[0])


@given(st.dictionaries(names, rankings, min_size=1, max_size=4))
def test_a_run_read_back_is_the_same_run(by_query: dict[str, runs.Ranking]) -> None:
    """Writing and reading a TREC file loses no hit, no order and no digit of a score."""
    ordered = {
        query_id: sorted(ranking, key=lambda hit: -hit[1]) for query_id, ranking in by_query.items()
    }
    run = runs.Run("hybrid", ordered)
    with tempfile.TemporaryDirectory() as folder:
        assert runs.read(runs.write(run, Path(folder) / "new"), "hybrid") == run


def test_the_file_is_what_trec_tools_read(tmp_path: Path) -> None:
    """Each line is `qid Q0 docid rank score tag`, ranks from 1."""
    file = runs.write(runs.Run("bm25", {"q1": [("p2", 7.5), ("p1", 3.0)]}), tmp_path)
    assert file.name == "bm25.run"
    assert file.read_text("utf-8") == "q1 Q0 p2 1 7.5 bm25\nq1 Q0 p1 2 3.0 bm25\n"


def test_the_rank_gives_the_order(tmp_path: Path) -> None:
    """Lines may stand in any order and be separated by any white space; equal scores are fine."""
    file = tmp_path / "a.run"
    file.write_text("q1\tQ0\tp1\t2\t1.0\tx\nq1 Q0 p2 1 1.0 x\n", "utf-8")
    assert runs.read(file, "a").rankings == {"q1": [("p2", 1.0), ("p1", 1.0)]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("q1 Q0 p1 1 0.5\n", ":1: 'q1 Q0 p1 1 0.5' is not"),
        ("q1 Q0 p1 first 0.5 x\n", ":1:"),
        ("q1 Q0 p1 1 nan x\n", ":1:"),
        ("q1 Q0 p1 1 inf x\n", ":1:"),
        ("q1 Q0 p1 1 0.5 x\nq1 Q0 p2 1 0.4 x\n", ":2: rank 1 stands twice"),
        ("q1 Q0 p1 1 0.5 x\nq1 Q0 p1 2 0.4 x\n", ":2: product 'p1' stands twice"),
        ("q1 Q0 p1 1 0.5 x\nq1 Q0 p2 2 0.6 x\n", ":2: rank 2 has the score 0.6"),
    ],
)
def test_a_fault_in_a_run_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    """A run that is not one, or says two orders, is refused where it goes wrong."""
    file = tmp_path / "a.run"
    file.write_text(text, "utf-8")
    with pytest.raises(JudgmentsError) as raised:
        runs.read(file, "a")
    assert said in str(raised.value)


def test_an_id_with_a_space_cannot_stand_in_a_run(tmp_path: Path) -> None:
    """White space separates the columns, so such an id is refused rather than written wrong."""
    with pytest.raises(JudgmentsError, match="cannot hold the id 'p 1'"):
        runs.write(runs.Run("bm25", {"q1": [("p 1", 1.0)]}), tmp_path)


def test_runs_are_named_apart(tmp_path: Path) -> None:
    """A stored run has its file's name, or its path where another run has that name already."""
    files = [tmp_path / "old" / "hybrid.run", tmp_path / "other.run"]
    files[0].parent.mkdir()
    for file in files:
        file.write_text("q1 Q0 p1 1 0.5 x\n", "utf-8")
    read_back = runs.read_all(files, taken=["hybrid"])
    assert [run.name for run in read_back] == [str(files[0]), "other"]
    with pytest.raises(JudgmentsError, match="given twice"):
        runs.read_all([files[1], files[1]])


def test_every_system_is_asked_every_query() -> None:
    """Each answer is kept under its query and counted as it comes."""
    heard: list[tuple[int, int, str]] = []

    def answers(name: str) -> runs.Ask:
        return lambda text, depth: [(f"{name}:{text}:{depth}", 1.0)]

    found = runs.collect(
        {name: answers(name) for name in ("bm25", "hybrid")},
        {"q1": "coat", "q2": "tent"},
        lambda done, total, system: heard.append((done, total, system)),
        depth=7,
    )
    assert [run.name for run in found] == ["bm25", "hybrid"]
    assert found[1].rankings["q2"] == [("hybrid:tent:7", 1.0)]
    assert heard == [(1, 4, "bm25"), (2, 4, "bm25"), (3, 4, "hybrid"), (4, 4, "hybrid")]


def test_the_first_products_of_a_query() -> None:
    """They come in order; a query without an answer has none."""
    run = runs.Run("any", {"q1": [("a", 2.0), ("b", 1.0)]})
    assert run.first("q1", 1) == ["a"]
    assert run.first("q1", 10) == ["a", "b"]
    assert run.first("q2", 10) == []
