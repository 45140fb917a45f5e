from hypothesis import given
from hypothesis import strategies as st

from query.segments import segments
from query.understand.interpretation import Alternative, Interpretation


def cut(
    text: str, *alternatives: tuple[int, int, str], removed: tuple[tuple[int, int], ...] = ()
) -> list[list[str]]:
    """Return the spellings of each segment."""
    others = tuple(Alternative(start, end, put, 0.7, "test") for start, end, put in alternatives)
    query = Interpretation(text, text, removed=removed, alternatives=others)
    return [[spelling for spelling, _ in one.spellings] for one in segments(query)]


def test_a_query_without_alternatives_is_one_segment() -> None:
    """The analyser sees all neighbours together."""
    assert cut("red lamp") == [["red lamp"]]


def test_a_stretch_with_an_alternative_is_a_segment_of_its_own() -> None:
    """What stands around it stays together."""
    assert cut("red wireles mouse pad", (4, 11, "wireless")) == [
        ["red"],
        ["wireles", "wireless"],
        ["mouse pad"],
    ]


def test_overlapping_alternatives_share_a_segment() -> None:
    """Each is spelt out over the whole stretch."""
    assert cut("6 ft cable", (0, 4, "6 feet"), (2, 4, "foot")) == [
        ["6 ft", "6 feet", "6 foot"],
        ["cable"],
    ]


def test_removed_words_are_not_searched_for() -> None:
    """Nor is an alternative that touches them."""
    assert cut("lamp under $50", removed=((5, 14),)) == [["lamp"]]
    assert cut("lamp under $50", (5, 10, "below"), removed=((5, 14),)) == [["lamp"]]


def test_of_equal_spellings_the_heavier_counts() -> None:
    """Two steps may find the same."""
    found = Interpretation(
        "tv",
        "tv",
        alternatives=(Alternative(0, 2, "telly", 0.5, "a"), Alternative(0, 2, "telly", 0.8, "b")),
    )
    assert segments(found)[0].spellings == (("tv", 1.0), ("telly", 0.8))


@given(st.lists(st.sampled_from(["red", "lamp", "6ft", "手机"]), min_size=1, max_size=6), st.data())
def test_no_word_is_lost(words: list[str], data: st.DataObject) -> None:
    """The segments' own words are the query's, in order."""
    text = " ".join(words)
    number = data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join([*words[:number], ""]))
    spelt = cut(text, (start, start + len(words[number]), "other"))
    assert " ".join(one[0] for one in spelt) == text
