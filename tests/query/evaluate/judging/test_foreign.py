from pathlib import Path

import pytest

from connector.errors import JudgmentsError
from query.evaluate.judging import foreign
from query.evaluate.judging.foreign import Imported


def read(folder: Path, text: str, known: dict[str, str] | None = None) -> Imported:
    file = folder / "file"
    file.write_text(text, "utf-8")
    return foreign.read(file, known or {})


def test_trec_qrels_are_read(tmp_path: Path) -> None:
    """Four columns between white space; junk below zero is irrelevant, and counted."""
    found = read(tmp_path, "301 0 d1 2\n301\t0\td2\t-2\n\n302 Q0 d1 0\n")
    assert found == Imported({}, {"301": {"d1": 2, "d2": 0}, "302": {"d1": 0}}, 0, 1)


def test_trec_grades_may_be_written_with_a_point(tmp_path: Path) -> None:
    """Some tools write every number as 2.0; the first line, too, is a line of qrels."""
    found = read(tmp_path, "301 0 d1 2.0\n301 0 d2 0.0\n")
    assert found.grades == {"301": {"d1": 2, "d2": 0}}
    with pytest.raises(JudgmentsError, match=r"grade '0\.5' is not a whole number"):
        read(tmp_path, "301 0 d1 0.5\n")


def test_texts_that_differ_by_white_space_are_one_query(tmp_path: Path) -> None:
    """They are written alike, so two ids for one text would come of it."""
    text = 'query,docid,rating\nred  coat,1,1\n"red\ncoat",2,2\n'
    found = read(tmp_path, text, {"e1": "red coat"})
    assert found.queries == {"e1": "red coat"}
    assert found.grades == {"e1": {"1": 1, "2": 2}}


def test_quepids_basic_export_is_read(tmp_path: Path) -> None:
    """Queries are known by their text and get ids; an unrated query is its text alone."""
    text = 'query,docid,rating\r\n"coat, red",12,3\r\n"coat, red",13,0.0\r\ntent\r\nlamp,7,\r\n'
    found = read(tmp_path, text)
    assert found.queries == {"q1": "coat, red", "q2": "tent", "q3": "lamp"}
    assert found.grades == {"q1": {"12": 3, "13": 0}}
    assert found.unjudged == 2


def test_quepids_detailed_export_is_read(tmp_path: Path) -> None:
    """Its columns have other names; a text that begins like a formula has a space before it."""
    text = (
        "Team Name,Case Name,Case ID,Query Text,Doc ID,Doc Position,Title,Rating\n"
        'us,shop,4," =coat",12,1,"Coat ""Alp""\nred",2\n'
        "us,shop,4,tent,,,,\n"
    )
    found = read(tmp_path, text, {"e7": "=coat"})
    assert found.queries == {"e7": "=coat", "q2": "tent"}
    assert found.grades == {"e7": {"12": 2}}


def test_new_ids_keep_clear_of_known_ones(tmp_path: Path) -> None:
    """A text without an id never gets one that belongs to another text."""
    found = read(tmp_path, "query,docid,rating\nlamp,1,1\nbed,2,1\n", {"q2": "tent", "q3": "cup"})
    assert found.queries == {"q2": "tent", "q3": "cup", "q4": "lamp", "q5": "bed"}
    taken = read(tmp_path, "query,docid,rating\nlamp,1,1\n", {"q2": "tent"})
    assert taken.queries == {"q2": "tent", "q3": "lamp"}


def test_our_own_table_keeps_its_quotation_marks(tmp_path: Path) -> None:
    """Cells between tabs are taken as they are written."""
    found = read(tmp_path, 'query_id\tquery\tproduct_id\tgrade\nq1\t13" laptop\tp1\t3\n')
    assert found.queries == {"q1": '13" laptop'}
    assert found.grades == {"q1": {"p1": 3}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("q1 0 d1 2\nq1 0 d2\n", ":2: 3 columns where TREC qrels have four"),
        ("q1 0 d1 2\nq1 0 d1 1\n", ":2: query 'q1' and product 'd1' were given grade 2 above"),
        ("q1 0 d1 2\nq1 0 d2 good\n", ":2: grade 'good' is not a whole number"),
        ("query,docid,rating\ncoat,1,2.5\n", ":2: grade '2.5' is not a whole number"),
        ("query,docid,rating\ncoat,1,nan\n", ":2: grade 'nan' is not a whole number"),
        ("query,docid,rating\ncoat,1,inf\n", ":2: grade 'inf' is not a whole number"),
        ("query,docid,rating\ncoat,1,1e6\n", ":2: grade '1e6' has more than 6 digits"),
        ("query,docid\ncoat,1\n", ":1: no column grade"),
        ("docid,rating\n1,2\n", ":1: no column query_id or query"),
        ("query,docid,rating\ncoat,1\n", ":2: 2 cells where the header has 3"),
        ("query,docid,rating\n,1,2\n", ":2: neither a query id nor a query"),
        ('query,docid,rating\n\n"coat,1,2\n', "not CSV"),
        ("query,docid,rating\ncoat,1,\n", "no line has a grade"),
        (
            "query_id,query,docid,rating\nq1,coat,1,2\nq1,tent,1,2\n",
            ":3: query 'q1' is 'tent' here and 'coat' elsewhere",
        ),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    """Whatever is wrong with a foreign file, one line says where and what."""
    with pytest.raises(JudgmentsError) as raised:
        read(tmp_path, text)
    assert said in str(raised.value)
