from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import JudgmentsError
from query.evaluate import slices
from query.evaluate.judgments import Judgments
from query.evaluate.slices import Slice

JUDGED = Judgments(
    {"q1": "coat", "q2": "保暖外套", "q3": "usb c cable 2m"},
    {"q1": {"a": 1}, "q2": {"a": 2, "b": 1, "c": 1}, "q3": {"a": 1, "b": 0}},
)


def written(folder: Path, text: str) -> Path:
    file = folder / "slices.tsv"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coat", "1 word"),
        ("warm coat", "2 words"),
        ("a warm coat", "3 words"),
        ("a very warm winter coat", "4+ words"),
        ("外套", "1 or 2 characters"),
        ("冬外套", "3 or 4 characters"),
        ("apple 手机壳", "7+ characters"),
        ("男士 冬季", "3 or 4 characters"),
    ],
)
def test_length_is_in_words_or_in_chinese_characters(text: str, said: str) -> None:
    """Chinese has no spaces between words, so its characters are counted."""
    assert slices.length(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Café crème", "Latin"),
        ("外套", "Han"),
        ("apple手机壳", "Han and Latin"),
        ("куртка", "other"),
        ("coat куртка", "other"),
        ("90 - 60", "no letters"),
    ],
)
def test_script_is_what_the_letters_are_written_in(text: str, said: str) -> None:
    """Digits and signs belong to no script."""
    assert slices.script(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sony WH-1000XM4", "model or size"),
        ("cable 6ft", "model or size"),
        ("iphone 15", "number"),
        ("手机15", "number"),
        ("iphone", "no number"),
        ("t-shirt", "no number"),
    ],
)
def test_numbers_tell_models_from_counts(text: str, said: str) -> None:
    """Letters and digits in one word are a model or a size."""
    assert slices.numbers(text) == said


@given(st.text())
def test_any_text_has_a_slice(text: str) -> None:
    """Whatever people type, each grouping has a place for it."""
    assert all(of(text) for of in (slices.length, slices.script, slices.numbers))


def test_every_query_is_in_one_slice_of_each_kind(tmp_path: Path) -> None:
    """Built-in slices, and columns of the queries file, divide the evaluated queries."""
    file = written(
        tmp_path, "query_id\tquery\tcategory\nq1\tcoat\tclothes\nq2\t保暖外套\tclothes\nq9\tx\ty\n"
    )
    found = slices.builtin(JUDGED, file, relevant_from=1)
    kinds = {one.dimension for one in found}
    assert kinds == {"length", "script", "numbers", "to find", "category"}
    for kind in kinds - {"category"}:
        queries = [query for one in found if one.dimension == kind for query in one.queries]
        assert sorted(queries) == ["q1", "q2", "q3"]
    assert Slice("to find", "tail, up to 1", ("q1", "q3")) in found
    assert Slice("to find", "head, over 1", ("q2",)) in found
    assert [one for one in found if one.dimension == "category"] == [
        Slice("category", "clothes", ("q1", "q2"))
    ]


def test_what_all_queries_have_in_common_is_no_slice(tmp_path: Path) -> None:
    """It would only be counted as one more comparison."""
    file = written(tmp_path, "query_id\tquery\nq1\tcoat\n")
    judged = Judgments({"q1": "coat", "q2": "tent"}, {"q1": {"a": 1}, "q2": {"a": 1, "b": 1}})
    assert {one.dimension for one in slices.builtin(judged, file, 1)} == {"to find"}


def test_free_text_beside_the_queries_is_no_slice(tmp_path: Path) -> None:
    """A column in which nearly every query has its own value is let pass."""
    rows = "".join(f"q{number}\tcoat\tremark {number}\n" for number in range(30))
    file = written(tmp_path, f"query_id\tquery\tremark\n{rows}")
    assert "remark" not in {one.dimension for one in slices.builtin(JUDGED, file, 1)}


def test_a_file_says_its_own_slices(tmp_path: Path) -> None:
    """An empty cell leaves a query out of that column only."""
    file = written(
        tmp_path, "query_id\tseason\tintent\nq1\twinter\tbrowse\nq2\t\tbuy\nq9\tx\tbuy\n"
    )
    assert slices.read(file, JUDGED) == [
        Slice("season", "winter", ("q1",)),
        Slice("intent", "browse", ("q1",)),
        Slice("intent", "buy", ("q2",)),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("query\tseason\nq1\tx\n", ":1: no column 'query_id'"),
        ("query_id\nq1\n", "only query_id"),
        ("query_id\tseason\nq9\tx\n", "none of its query ids"),
        ("query_id\tseason\nq1\tx\nq1\ty\n", ":3: query 'q1' has the season 'x' above"),
        (
            "query_id\tid\n" + "".join(f"q{number}\t{number}\n" for number in range(21)),
            "21 values",
        ),
    ],
)
def test_a_fault_in_the_slices_is_named(tmp_path: Path, text: str, said: str) -> None:
    """Whatever is wrong with a file of slices, one line says where and what."""
    with pytest.raises(JudgmentsError) as raised:
        slices.read(written(tmp_path, text), JUDGED)
    assert said in str(raised.value)
