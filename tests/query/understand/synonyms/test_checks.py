import pytest

from query.understand.synonyms.candidates import Candidate
from query.understand.synonyms.checks import objections
from query.understand.synonyms.matcher import MOST
from query.understand.synonyms.solr import parse


def _candidate(left: str, right: str, *, two_way: bool = True) -> Candidate:
    return Candidate(left, right, "clicks", 1.0, (3, 3), two_way=two_way)


def _told(curated: str, *candidates: Candidate) -> list[str]:
    found = objections(parse(curated, "s/curated.txt"), candidates)
    return [reason for reasons in found.values() for reason in reasons]


def test_rules_that_agree_are_let_pass() -> None:
    """New pairs, also of a term that a curated rule knows, meet no objection."""
    assert _told("sofa, couch", _candidate("sofa", "settee"), _candidate("手机", "移动电话")) == []


@pytest.mark.parametrize(
    ("curated", "told"),
    [
        ("couch, sofa", "s/curated.txt:1 says it already"),
        ("couch => sofa|.2", "s/curated.txt:1 says it already"),
        ("sofa => couch", "s/curated.txt:1 says only that 'sofa' finds 'couch'"),
    ],
)
def test_what_people_wrote_is_not_contradicted(curated: str, told: str) -> None:
    """A rule that repeats or widens a curated one is refused with its place."""
    assert _told(curated, _candidate("couch", "sofa")) == [told]


def test_one_way_rules_must_not_close_a_circle() -> None:
    """Terms that find one another all round mean the same and are a two-way rule."""
    told = _told("b => c", _candidate("a", "b", two_way=False), _candidate("c", "a", two_way=False))
    assert len(told) == 2
    assert told[0].startswith("it closes a circle (b => c => a)")


def test_a_term_must_not_stand_for_too_many() -> None:
    """A term with more alternatives than a request carries is refused."""
    many = ", ".join(f"w{number}" for number in range(MOST))
    assert _told(f"sofa => {many}", _candidate("sofa", "couch")) == [
        f"'sofa' would stand for {MOST + 1} terms; {MOST} are the most"
    ]


@pytest.mark.parametrize("pair", [("phone", "mobile phone"), ("sofa", "sofas"), ("手机", "手机壳")])
def test_a_term_and_a_part_of_it_are_no_rule(pair: tuple[str, str]) -> None:
    """The shorter term finds the longer one without any rule."""
    (told,) = _told("", _candidate(*pair))
    assert "holds the other" in told
