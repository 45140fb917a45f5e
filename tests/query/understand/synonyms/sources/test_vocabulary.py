from query.understand.synonyms.sources.vocabulary import LEAST, build


def test_terms_are_words_and_pairs_of_enough_titles() -> None:
    """Words and two-word phrases of at least three titles are kept, under their usual form."""
    words = build(["Red Sofa", "red sofas", "RED sofa bed", "blue sofa"], [])
    assert words.df(("sofa",)) == 4
    assert words.df(("red", "sofa")) == LEAST
    assert words.spelling["red", "sofa"] == "red sofa"
    assert words.df(("bed",)) == 0


def test_what_tells_nothing_is_left_out() -> None:
    """Digits, short words, stop words and scripts without spaces are no terms."""
    assert build(["x9 of the 手机 20"] * LEAST, []).holders == {}


def test_phrase_does_not_reach_over_a_comma() -> None:
    """Two words with a comma between them are no phrase."""
    assert ("chair", "sofa") not in build(["chair, sofa"] * LEAST, []).holders


def test_titles_with_both_terms_are_counted_and_shown() -> None:
    """Titles are counted once, however often a term stands in them."""
    words = build(["sofa couch sofa", "couch", "couch", "sofa", "sofa"], [])
    assert words.together(("sofa",), ("couch",)) == 1
    assert words.examples(("couch",)) == ("sofa couch sofa", "couch")


def test_two_values_of_one_kind_are_siblings() -> None:
    """Two colours exclude one another, a colour and a brand do not."""
    words = build([], [("colour", "navy blue"), ("colour", "red"), ("brand", "acme")])
    assert words.siblings(("navy",), ("red",))
    assert not words.siblings(("acme",), ("red",))
