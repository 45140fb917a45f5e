from pathlib import Path

import pytest

from connector.errors import JudgmentsError
from query.evaluate import judgments

QUERIES = "query_id\tquery\nq1\twarm coat\nq2\ttent\n"
QRELS = "query_id\tproduct_id\tgrade\nq1\tp1\t3\nq1\tp2\t0\nq2\tp3\t1\n"


def read(folder: Path, queries: str | bytes, qrels: str | bytes) -> judgments.Judgments:
    for name, content in (("queries.tsv", queries), ("qrels.tsv", qrels)):
        raw = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
    return judgments.read(folder / "queries.tsv", folder / "qrels.tsv")


def test_both_files_are_read(tmp_path: Path) -> None:
    """Texts come by query id in the file's order, grades by query and product."""
    read_back = read(tmp_path, QUERIES, QRELS)
    assert read_back.queries == {"q1": "warm coat", "q2": "tent"}
    assert read_back.grades == {"q1": {"p1": 3, "p2": 0}, "q2": {"p3": 1}}
    assert read_back.unjudged == read_back.unasked == ()


def test_further_columns_and_any_order_are_fine(tmp_path: Path) -> None:
    """Columns are found by name; those nobody asked for are let pass."""
    qrels = "esci\tgrade\tquery_id\tproduct_id\nE\t3\tq1\tp1\n"
    assert read(tmp_path, QUERIES, qrels).grades == {"q1": {"p1": 3}}


def test_what_spreadsheets_do_is_forgiven(tmp_path: Path) -> None:
    """A byte order mark, Windows line ends, empty lines and quotation marks change nothing."""
    queries = b'\xef\xbb\xbfquery_id\tquery\r\n\r\nq1\t13" laptop\r\n\r\n'
    assert read(tmp_path, queries, QRELS).queries == {"q1": '13" laptop'}


def test_the_same_judgment_twice_is_one(tmp_path: Path) -> None:
    """A repeated row with the same grade is no fault."""
    assert read(tmp_path, QUERIES, QRELS + "q1\tp1\t3\n").grades["q1"]["p1"] == 3


def test_queries_that_stand_in_one_file_only_are_reported(tmp_path: Path) -> None:
    """They are left out of the evaluation, and named."""
    read_back = read(tmp_path, QUERIES + "q8\tlamp\n", QRELS + "q9\tp1\t1\n")
    assert (read_back.unjudged, read_back.unasked) == (("q8",), ("q9",))
    assert read_back.queries.keys() == read_back.grades.keys() == {"q1", "q2"}


def test_queries_with_nothing_to_find_are_left_out(tmp_path: Path) -> None:
    """Where every judged product is irrelevant no ranking is better than another."""
    read_back = read(tmp_path, QUERIES + "q3\tlamp\n", QRELS + "q3\tp1\t0\n")
    assert read_back.unanswerable == ("q3",)
    assert read_back.queries.keys() == read_back.grades.keys() == {"q1", "q2"}


@pytest.mark.parametrize(
    ("queries", "place", "said"),
    [
        ("", "queries.tsv:", "empty"),
        ("\n \n", "queries.tsv:", "empty"),
        ("query_id\tquery\n", "queries.tsv:1:", "nothing follows the header"),
        ("id\tquery\nq1\tcoat\n", "queries.tsv:1:", "no column 'query_id'"),
        ("query_id,query\nq1,coat\n", "queries.tsv:1:", "no column 'query_id'"),
        ("query_id\tquery\tquery\nq1\ta\tb\n", "queries.tsv:1:", "more than one column 'query'"),
        ("query_id\tquery\nq1\n", "queries.tsv:2:", "1 tab-separated cells"),
        ("query_id\tquery\nq1\t \n", "queries.tsv:2:", "query is empty"),
        ("query_id\tquery\n\tcoat\n", "queries.tsv:2:", "query_id is empty"),
        (QUERIES + "q1\tother\n", "queries.tsv:4:", "second text 'other'"),
        (b"query_id\tquery\nq1\tcaf\xe9\n", "queries.tsv:2:", "not UTF-8 (byte 0xe9 at column 7)"),
        ("query_id\tquery\nq7\tcoat\n", "queries.tsv", "do the files belong together?"),
    ],
)
def test_a_fault_in_the_queries_names_file_and_line(
    tmp_path: Path, queries: str | bytes, place: str, said: str
) -> None:
    """Whatever is wrong with the queries file, one line says where and what."""
    with pytest.raises(JudgmentsError) as raised:
        read(tmp_path, queries, QRELS)
    assert place in str(raised.value)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("qrels", "place", "said"),
    [
        ("", "qrels.tsv:", "empty"),
        ("query_id\tproduct_id\nq1\tp1\n", "qrels.tsv:1:", "no column 'grade'"),
        ("query_id\tproduct_id\tgrade\nq1\tp1\t1.5\n", "qrels.tsv:2:", "grade '1.5'"),
        ("query_id\tproduct_id\tgrade\nq1\tp1\t-1\n", "qrels.tsv:2:", "grade '-1'"),
        ("query_id\tproduct_id\tgrade\nq1\tp1\t²\n", "qrels.tsv:2:", "grade '²'"),
        (f"query_id\tproduct_id\tgrade\nq1\tp1\t{'9' * 20}\n", "qrels.tsv:2:", "has 20 digits"),
        (QRELS + "q1\tp1\t2\n", "qrels.tsv:5:", "grade 3 above and 2 here"),
        (
            "query_id\tproduct_id\tgrade\nq1\tp1\t0\n",
            "qrels.tsv:",
            "no product has a grade above 0",
        ),
        (QRELS.encode() + b"q1\t\xff\t1\n", "qrels.tsv:5:", "not UTF-8"),
    ],
)
def test_a_fault_in_the_judgments_names_file_and_line(
    tmp_path: Path, qrels: str | bytes, place: str, said: str
) -> None:
    """Whatever is wrong with the judgments, one line says where and what."""
    with pytest.raises(JudgmentsError) as raised:
        read(tmp_path, QUERIES, qrels)
    assert place in str(raised.value)
    assert said in str(raised.value)


def test_a_missing_file_is_said_in_one_line(tmp_path: Path) -> None:
    """A file that is not there is the user's mistake, named as such."""
    with pytest.raises(JudgmentsError, match=r"none\.tsv: cannot be read"):
        judgments.read(tmp_path / "none.tsv", tmp_path / "none.tsv")
