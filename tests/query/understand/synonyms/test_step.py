from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from query.understand.interpretation import Alternative, Interpretation
from query.understand.synonyms.matcher import Matcher
from query.understand.synonyms.solr import parse
from query.understand.synonyms.step import Synonyms

RULES = "sofa, couch\ntorch => flash light|.9\n手机, 移动电话"


def _step(rules: str, *faults: str) -> Synonyms:
    return Synonyms(Matcher(parse(rules, "synonyms/curated.txt")), faults)


def _added(query: Interpretation) -> list[tuple[str, str, float]]:
    understood = _step(RULES)(query)
    return [
        (query.text[one.start : one.end], one.text, one.weight)
        for one in understood.alternatives
        if one.step == "synonyms"
    ]


def test_alternative_and_finding_say_what_and_why() -> None:
    """A phrase gets its alternative, and the evidence names file, line and weight."""
    found = _step(RULES)(Interpretation.of("camping torches"))
    assert found.alternatives == (Alternative(8, 15, "flash light", 0.9, "synonyms", "beside"),)
    assert [(one.text, one.start, one.end, one.source, one.effect) for one in found.findings] == [
        ("torches", 8, 15, "synonyms/curated.txt:2", "also finds 'flash light' with weight 0.9")
    ]


def test_a_query_takes_so_many_words_of_synonyms() -> None:
    """The engine takes so many clauses: what is too much is left out and said, the weakest first."""
    long = ", ".join(f"{' '.join([f'w{place}'] * 30)}|.{9 - place}" for place in range(5))
    found = _step(f"torch => {long}\nsofa, couch")(Interpretation.of("torch for a sofa"))
    assert [one.text.split()[0] for one in found.alternatives] == ["w0", "w1", "w2", "couch"]
    (left,) = (one for one in found.findings if one.kind == "too many")
    assert (left.text, left.source) == ("torch", "synonyms/curated.txt:1")
    assert left.effect == "2 of its synonyms are left out: a query takes 100 words of them"


def test_nothing_to_add_leaves_the_query_as_it_is() -> None:
    """A query no rule is about comes back as the same object."""
    query = Interpretation.of("garden hose")
    assert _step(RULES)(query) is query


def test_only_the_strongest_is_embedded() -> None:
    """A phrase with several synonyms brings one more text to embed, not as many as it has."""
    found = _step("sofa => couch|.4, settee|.9")(Interpretation.of("red sofa"))
    assert [(one.text, one.embed) for one in found.alternatives] == [
        ("settee", "beside"),
        ("couch", "no"),
    ]
    assert found.readings()[0].texts == ("red sofa", "red settee")


def test_removed_and_taken_spans_are_left_alone() -> None:
    """What was taken out, or given an alternative by another step, gets none."""
    query = replace(
        Interpretation.of("sofa without couch 手机"),
        removed=((5, 18),),
        alternatives=(Alternative(0, 4, "sofas", 1.0, "spelling"),),
    )
    assert _added(query) == [("手机", "移动电话", 0.5)]


def test_what_the_user_wrote_already_is_not_added() -> None:
    """Somebody who types both words gets neither for the other."""
    assert _added(Interpretation.of("sofa couch")) == []


def test_fault_of_a_file_stands_in_the_evidence() -> None:
    """A query on rules of which some could not be read says so."""
    found = _step(RULES, "synonyms/curated.txt:1:2: found")(Interpretation.of("hose"))
    assert [(one.kind, one.source) for one in found.findings] == [
        ("broken file", "synonyms/curated.txt:1:2: found")
    ]


_texts = st.lists(
    st.sampled_from(["sofa", "couches", "torch", "手机", "移动电话", "x", ",", " ", "-"]),
    max_size=8,
).map("".join)


@given(_texts, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=3))
def test_no_expansion_touches_a_removed_span(text: str, cuts: list[tuple[int, int]]) -> None:
    """Whatever was removed, alternatives lie outside of it and within the text."""
    removed = tuple((min(cut), max(cut)) for cut in cuts)
    query = replace(Interpretation.of(text), removed=removed)
    for one in _step(RULES)(query).alternatives:
        assert 0 <= one.start < one.end <= len(text)
        assert all(one.end <= start or end <= one.start for start, end in removed)
