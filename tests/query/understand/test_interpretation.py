from query.understand.interpretation import Alternative, Interpretation, understand


def _alternative(text: str, old: str, new: str, embed: str = "no") -> Alternative:
    start = text.index(old)
    return Alternative(start, start + len(old), new, 0.7, "spelling", embed)  # type: ignore[arg-type]


def test_asked_leaves_removed_spans_out() -> None:
    """What is asked for is the text without the removed spans, in single spaces."""
    query = Interpretation.of("belt without buckle black").removing((5, 19))
    assert query.asked == "belt black"


def test_removed_spans_are_merged() -> None:
    """Spans that touch or overlap become one, so that no character is taken out twice."""
    query = Interpretation.of("abcdef").removing((3, 5)).removing((0, 2), (1, 3))
    assert query.removed == ((0, 5),)
    assert query.asked == "f"


def test_removing_takes_alternatives_along() -> None:
    """What was found inside a removed span is forgotten, the rest stays."""
    text = "red lamp 6ft"
    found = (_alternative(text, "red", "crimson"), _alternative(text, "6ft", "6 ft"))
    query = Interpretation(text, text, alternatives=found).removing((9, 12))
    assert [one.text for one in query.alternatives] == ["crimson"]


def test_free_spans() -> None:
    """A span is free when it touches neither a removed one nor an alternative."""
    text = "red lamp 6ft"
    query = Interpretation(text, text, alternatives=(_alternative(text, "6ft", "6 ft"),))
    query = query.removing((0, 3))
    assert query.free(4, 8)
    assert not query.free(2, 5)
    assert not query.free(8, 10)


def test_readings_of_a_plain_query() -> None:
    """A query in which nothing was found is embedded as it is."""
    (reading,) = Interpretation.of("red lamp").readings()
    assert reading.texts == ("red lamp",)
    assert reading.weight == 1


def test_readings_put_words_instead_and_beside() -> None:
    """An alternative `instead` is in every text, each one `beside` makes a text of its own."""
    text = "wireles headfones sofa"
    query = Interpretation(
        text,
        text,
        alternatives=(
            _alternative(text, "wireles", "wireless", "instead"),
            _alternative(text, "headfones", "headphones", "instead"),
            _alternative(text, "sofa", "couch", "beside"),
            _alternative(text, "sofa", "settee", "no"),
        ),
    )
    assert query.readings()[0].texts == (
        "wireless headphones sofa",
        "wireless headphones couch",
    )


def test_readings_with_negation_keep_the_whole_beside() -> None:
    """A query with avoided words is the mean of itself with and without them."""
    text = "belt without buckel"
    query = Interpretation(
        text,
        text,
        avoided=("buckle",),
        negated=((5, 19),),
        alternatives=(_alternative(text, "belt", "bel", "no"),),
    ).removing((5, 19))
    assert query.readings()[0].texts == ("belt", "belt without buckel")


def test_readings_with_negation_keep_nothing_else_that_was_removed() -> None:
    """A price says nothing about a thing, also where it touches the words that negate."""
    text = "belt without buckle under $50 please"
    price, negated = (20, 29), ((5, 20),)
    query = Interpretation(text, text, avoided=("buckle",), negated=negated)
    assert query.removing(price, *negated).readings()[0].texts == (
        "belt please",
        "belt without buckle please",
    )


def test_readings_of_two_alternatives_on_one_span() -> None:
    """Where two replace the same words the first does."""
    text = "pijama set"
    both = tuple(_alternative(text, "pijama", new, "instead") for new in ("pajama", "pyjama"))
    assert Interpretation(text, text, alternatives=both).readings()[0].texts == ("pajama set",)


def test_a_step_that_finds_nothing_gives_back_the_same_object() -> None:
    """Without steps, or with nothing to find, the query stays as typed."""
    query = understand("Red  Lamp", [])
    assert query == Interpretation.of("Red  Lamp")
    assert query.removing() == query
