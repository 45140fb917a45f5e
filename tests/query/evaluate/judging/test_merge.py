from hypothesis import given
from hypothesis import strategies as st

from query.evaluate.judging.merge import merge
from query.evaluate.judging.sheet import Grades

grades = st.dictionaries(
    st.sampled_from(["q1", "q2"]),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1),
)


def test_disagreement_is_reported_with_every_grade() -> None:
    """Each file's grade of a pair is named; the preferred one is kept."""
    files = {"one": {"q1": {"a": 3, "b": 1}}, "two": {"q1": {"a": 2, "b": 1}, "q2": {"a": 0}}}
    first, last = merge(files, "first"), merge(files, "last")
    assert first.grades == {"q1": {"a": 3, "b": 1}, "q2": {"a": 0}}
    assert last.grades == {"q1": {"a": 2, "b": 1}, "q2": {"a": 0}}
    assert first.conflicts == last.conflicts
    assert [str(conflict) for conflict in first.conflicts] == [
        "query 'q1', product 'a': 3 in one, 2 in two"
    ]
    assert (first.agreed, first.pairs) == (1, 3)


@given(grades, grades)
def test_no_judgment_is_lost_or_made_up(one: Grades, two: Grades) -> None:
    """Every pair of every file is there with a grade that somebody gave it."""
    merged = merge({"one": one, "two": two}, "first")
    for query_id in one.keys() | two.keys():
        mine, theirs = one.get(query_id, {}), two.get(query_id, {})
        assert merged.grades[query_id] == theirs | mine
    assert merged.grades.keys() == one.keys() | two.keys()
    assert merge({"one": one, "same": one}, "last").conflicts == ()
