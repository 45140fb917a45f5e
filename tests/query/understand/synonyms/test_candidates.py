from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SynonymsError
from query.understand.synonyms.candidates import FILE, Candidate, Lift, merge, read, write
from query.understand.synonyms.solr import parse, render

SOFA = Candidate("couch", "sofa", "neighbours", 0.83, (12, 40), ("Red couch", "Blue sofa"))
LIFT = Lift(7, 0.02, 0.01, 0.03, 6, 1)


def test_candidates_written_are_read_again(tmp_path: Path) -> None:
    """Evidence, decision and measurement outlive the file."""
    known = [SOFA, replace(SOFA, left="手机", status="accepted", lift=LIFT, two_way=False)]
    write(tmp_path / "new", known)
    assert read(tmp_path / "new") == known


def test_folder_without_candidates_has_none(tmp_path: Path) -> None:
    """A folder where nothing was suggested yet is no error."""
    assert read(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", r"candidates.jsonl:2:  invalid json"),
        ('{"left": "a", "right": "b", "source": "x", "score": 2, "df": [1, 1]}', "2: score"),
        ('{"left": "a", "right": "b", "source": "x", "score": 1, "df": [1, 1], "x": 1}', "2: x"),
    ],
)
def test_wrong_line_names_its_field(tmp_path: Path, line: str, told: str) -> None:
    """A line that is no candidate is refused with file, line and field."""
    write(tmp_path, [SOFA])
    file = tmp_path / FILE
    file.write_text(file.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(SynonymsError, match=told):
        read(tmp_path)


def test_what_was_decided_stays_when_it_is_found_again() -> None:
    """A pair found again keeps decision and lift, and takes the newer evidence."""
    known = replace(SOFA, status="rejected", lift=LIFT)
    (merged,) = merge([known], [replace(SOFA, score=0.9, df=(13, 41))])
    assert merged == replace(known, score=0.9, df=(13, 41))


def test_pair_of_two_sources_is_one_candidate() -> None:
    """The first source's evidence counts, in whichever order the terms stand."""
    other = Candidate("sofa", "couch", "wordnet", 1.0, (40, 12))
    assert merge([], [SOFA, other]) == [SOFA]
    assert merge([SOFA], [other]) == [SOFA]


def test_pair_in_another_spelling_is_the_same_candidate() -> None:
    """What was rejected does not come back in capitals, in the plural or with a hyphen."""
    known = Candidate("T-shirt", "tee", "clicks", 0.8, (3, 3), status="rejected")
    again = Candidate("TEES", "t shirts", "clicks", 0.8, (3, 3))
    assert merge([known], [again, replace(again, source="wordnet")]) == [known]


@given(
    st.booleans(), st.none() | st.floats(0.1, 1), st.sampled_from(["c, d", "手机", "a=>b", "#1"])
)
def test_candidate_becomes_a_line_of_the_format(
    two_way: bool, weight: float | None, left: str
) -> None:
    """Every candidate's rule can be written and is read as the same rule."""
    rule = replace(SOFA, left=left, two_way=two_way, weight=weight).rule()
    assert parse(render([rule]), "s/accepted.txt") == [rule]


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder in the file's place is a fault of the file."""
    (tmp_path / "candidates.jsonl").mkdir()
    with pytest.raises(SynonymsError, match=r"candidates.jsonl: cannot be read"):
        read(tmp_path)
