import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SynonymsError
from query.understand.synonyms.rules import Rule, Term
from query.understand.synonyms.solr import parse, render
from query.understand.synonyms.units import key_of


def _said(content: str) -> list[tuple[str, str, float | None]]:
    return [
        (words, given.text, given.weight)
        for rule in parse(content, "s/c.txt")
        for words, given in rule.pairs()
    ]


def test_two_way_terms_stand_for_one_another() -> None:
    """A line without an arrow makes every term find every other one."""
    assert _said("sofa, couch") == [("sofa", "couch", None), ("couch", "sofa", None)]


def test_one_way_terms_are_found_from_the_left_only() -> None:
    """A line with an arrow maps each term before it to each term after it."""
    found = _said("torch, lantern => flashlight, head lamp")
    assert [(one, other) for one, other, _ in found] == [
        ("torch", "flashlight"),
        ("torch", "head lamp"),
        ("lantern", "flashlight"),
        ("lantern", "head lamp"),
    ]


def test_weight_belongs_to_the_term_that_is_found() -> None:
    """A weight after a bar says how well that term stands for the others."""
    assert _said("laptop, notebook|0.6")[0] == ("laptop", "notebook", 0.6)
    assert _said("laptop, notebook|0.6")[1] == ("notebook", "laptop", None)
    assert _said("手机 => 移动电话 | .4") == [("手机", "移动电话", 0.4)]


def test_comments_and_empty_lines_say_nothing() -> None:
    """Only lines that begin with a hash are comments, as in Lucene's reader."""
    assert [rule.source for rule in parse("# a\n\n  \r\nc#, csharp\r\n", "s/c.txt")] == [
        "s/c.txt:4"
    ]


def test_backslash_takes_the_meaning_from_what_follows() -> None:
    """Commas, arrows, bars, hashes and backslashes can stand in a term."""
    assert _said(r"a\,b, c\=>d")[0] == ("a,b", "c=>d", None)
    assert _said(r"\#1, a\|b\\c")[0] == ("#1", r"a|b\c", None)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sofa", r"s/c.txt:1:1: found 'sofa' alone; write what it stands for"),
        ("a, , b", r"s/c.txt:1:3: found an empty term; write a word"),
        ("a =>", r"s/c.txt:1:5: found an empty term"),
        ("a => b => c", r"s/c.txt:1:8: found a second `=>`; write one rule per line"),
        ("a, b|", r"s/c.txt:1:5: found the weight ''; write a number above 0"),
        ("a, b|1.5", r"s/c.txt:1:5: found the weight '1.5'"),
        ("a, b|nan", r"s/c.txt:1:5: found the weight 'nan'"),
        ("a, b|.5|.6", r"s/c.txt:1:8: found a second `|`"),
        ("a|.5 => b", r"s/c.txt:1:2: found a weight before `=>`"),
        ("a, --", r"s/c.txt:1:3: found '--', in which no letter or digit stands"),
        ("a, b\\", r"s/c.txt:1:5: found a backslash at the end"),
        (
            "手机\uff0c移动电话, a",
            "s/c.txt:1:3: found `\uff0c`; write `,` in its place, or `\\\uff0c`",
        ),
        ("a\u3001b => c", "s/c.txt:1:2: found `\u3001`; write `,` in its place"),
        ("a, b\uff5c.5", "s/c.txt:1:5: found `\uff5c`; write `|` in its place"),
        ("a \uff1d\uff1e b", "s/c.txt:1:3: found `\uff1d\uff1e`; write `=>` in its place"),
    ],
)
def test_error_names_place_finding_and_remedy(line: str, told: str) -> None:
    """What is wrong is told with file, line, column, what was found and what to write."""
    with pytest.raises(SynonymsError) as error:
        parse(line, "s/c.txt")
    assert str(error.value).startswith(told)


_text = st.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(key_of)
_terms = st.lists(
    st.builds(Term, _text, st.none() | st.floats(0, 1, exclude_min=True)), min_size=2, max_size=4
).map(tuple)
_words = st.lists(st.builds(Term, _text), min_size=1, max_size=3).map(tuple)
_rules = st.lists(st.builds(Rule, _terms) | st.builds(Rule, _words, _terms), max_size=5)


@given(_rules)
def test_what_was_written_is_read_again(rules: list[Rule]) -> None:
    """Reading what was written gives the same rules, whatever characters the terms hold."""
    assert parse(render(rules), "s/c.txt") == rules


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(content: str) -> None:
    """No content makes the reader fail in another way than by its own error."""
    with contextlib.suppress(SynonymsError):
        parse(content, "s/c.txt")
