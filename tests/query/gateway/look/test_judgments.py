import threading
from pathlib import Path

import pytest

from connector import cli
from connector.errors import JudgmentsError, RequestError
from query.gateway.look.judgments import Judgment, Judgments

GIVEN = {"query": "red lamp", "product_id": "p1", "grade": 2, "index": "shop"}


def test_the_last_word_on_a_pair_stands(tmp_path: Path) -> None:
    """However often people change their minds, and of whichever index."""
    kept = Judgments(tmp_path / "deep" / "judged.tsv")
    kept.save(Judgment.read(GIVEN))
    kept.save(Judgment.read({**GIVEN, "product_id": "p2", "grade": 0}))
    kept.save(Judgment.read({**GIVEN, "grade": 3}))
    assert kept.of("red  lamp ", "shop") == {"p1": 3, "p2": 0}
    assert kept.of("red lamp", "other") == {}


def test_several_may_judge_at_once(tmp_path: Path) -> None:
    """Nothing is lost between threads, nor between processes: a lock is beside the file."""
    file = tmp_path / "judged.tsv"

    def judge(who: int) -> None:
        for number in range(10):
            Judgments(file).save(Judgment.read({**GIVEN, "product_id": f"p{who}-{number}"}))

    threads = [threading.Thread(target=judge, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Judgments(file).of("red lamp", "shop")) == 40


def test_the_table_is_one_that_can_be_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`connector judgments import` makes judgments and queries of it."""
    file = tmp_path / "judged.tsv"
    Judgments(file).save(Judgment.read(GIVEN))
    Judgments(file).save(Judgment.read({**GIVEN, "query": '保暖 "外套"', "grade": 0}))
    assert cli.run(["judgments", "import", str(file), "--to", str(tmp_path / "out")]) == 0
    assert "2 judged pairs of 2 queries" in capsys.readouterr().out


@pytest.mark.parametrize(
    "given",
    [
        [],
        {**GIVEN, "grade": 4},
        {**GIVEN, "grade": True},
        {**GIVEN, "grade": "2"},
        {**GIVEN, "query": ""},
        {**GIVEN, "query": "\t\n"},
        {**GIVEN, "query": "x" * 513},
        {**GIVEN, "product_id": 7},
        {**GIVEN, "query": "=HYPERLINK(1)"},
        {"grade": 1},
    ],
)
def test_what_is_no_judgment_is_refused(given: object) -> None:
    """Nothing reaches the table that a program would take for something else."""
    with pytest.raises(RequestError):
        Judgment.read(given)


def test_a_text_cannot_begin_a_new_line_or_cell() -> None:
    """Control characters become spaces."""
    found = Judgment.read({**GIVEN, "query": "red\tlamp\nq\x002"})
    assert found.query == "red lamp q 2"


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A setting that names the wrong file costs nobody their data."""
    file = tmp_path / "qrels.tsv"
    file.write_text("query_id\tproduct_id\tgrade\nq1\tp1\t3\n", "utf-8")
    with pytest.raises(JudgmentsError, match="its columns are not"):
        Judgments(file).save(Judgment.read(GIVEN))
    assert "q1" in file.read_text("utf-8")
