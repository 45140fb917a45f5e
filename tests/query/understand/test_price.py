import pytest
from hypothesis import given
from plugins.queries import TEXTS
from plugins.shelf import catalogue

from query.understand.cheap import Low
from query.understand.interpretation import Interpretation, PriceRange, understand
from query.understand.normalise import Normalise
from query.understand.price import Price
from query.understand.words import keys


def _step(currency: str | None = "USD", **known: object) -> Price:
    fields = {
        "title": {"role": "title"},
        "price": {"role": "price", **({"currency": currency} if currency else {})},
    }
    return Price(catalogue(fields=fields), **known)  # type: ignore[arg-type]


STEP = _step()


def test_the_range_is_on_the_catalogues_field() -> None:
    """A price becomes a range on the price field; its words are taken out and explained."""
    query = STEP(Interpretation.of("headphones under $50 for running"))
    assert query.price == PriceRange("price", None, 50)
    assert query.asked == "headphones for running"
    (finding,) = query.findings
    assert (finding.kind, finding.text) == ("price", "under $50")
    assert finding.source == "catalogue: price"
    assert finding.effect == "only products up to 50 USD"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("jacket over 20 and under 50", 20, 50),
        ("jacket under 50 under 30", None, 30),
        ("jacket $100-$50", 50, 100),
        ("jacket over $20", 20, None),
        ("jacket around $40", 30, 50),
        ("$40 jacket", None, 50),
    ],
)
def test_bounds(text: str, low: float | None, high: float | None) -> None:
    """All limits are met at once; a range is sorted; "about" is a quarter around, a sum a quarter above."""
    assert STEP(Interpretation.of(text)).price == PriceRange("price", low, high)


def test_a_sum_that_titles_have() -> None:
    """A sum before a word that titles have behind it is a name."""
    step = _step(phrase_count=lambda one, other: int((one, other) == ("dollar", "sunglasses")))
    assert step(Interpretation.of("2 dollar sunglasses")).price is None
    assert step(Interpretation.of("2 dollar lamp")).price == PriceRange("price", None, 2.5)


def test_contradictory_prices() -> None:
    """Limits that no price meets filter nothing, and that is said."""
    query = STEP(Interpretation.of("jacket under 20 over 50"))
    assert query.price is None
    assert query.asked == "jacket"
    assert {one.effect for one in query.findings} == {
        "no filter: no price is above 50 and below 20"
    }


@pytest.mark.parametrize("text", ["lamp under 30€", "lamp 200元以内", "lamp £5-£9"])
def test_another_currency(text: str) -> None:
    """A price in another currency than the catalogue's is not converted, and filters nothing."""
    query = STEP(Interpretation.of(text))
    assert query.price is None
    assert query.asked == "lamp"
    assert query.findings[0].effect == "no filter: prices are in USD, and none is converted"


def test_a_catalogue_without_a_currency() -> None:
    """Where the catalogue names no currency, every one is taken for its own."""
    query = _step(None)(Interpretation.of("lamp under 30€"))
    assert query.price == PriceRange("price", None, 30)
    assert query.findings[0].effect == "only products up to 30"


def test_a_catalogue_without_prices() -> None:
    """Without a price field the words are taken out all the same: they describe no product."""
    step = Price(catalogue(fields={"title": {"role": "title"}}))
    query = step(Interpretation.of("lamp under $30"))
    assert query.price is None
    assert query.asked == "lamp"
    assert query.findings[0].effect == "no filter: the catalogue has no price"


def test_only_a_price() -> None:
    """Where nothing else is asked for the words stay, and the filter is set."""
    query = STEP(Interpretation.of("under $50"))
    assert query.asked == "under $50"
    assert query.price == PriceRange("price", None, 50)
    assert query.findings[0].effect.endswith("nothing else is asked for, so the words stay")


def test_a_query_without_a_price_is_the_same_object() -> None:
    """A step that finds nothing adds nothing."""
    query = Interpretation.of("under armour shoes")
    assert STEP(query) is query


@pytest.mark.parametrize(
    ("text", "asked"),
    [("cheap laptop", "laptop"), ("laptop on a budget", "laptop"), ("便宜的毛巾", "毛巾")],
)
def test_cheap(text: str, asked: str) -> None:
    """A word for a low price asks for the cheapest third, where that is known."""
    query = _step(cheapest=lambda _: Low(9.5))(Interpretation.of(text))
    assert query.price == PriceRange("price", None, 9.5)
    assert query.asked == asked
    assert query.findings[0].effect == "only the cheapest third, up to 9.5 USD"


@pytest.mark.parametrize("known", [{}, {"cheapest": lambda _: None}])
def test_cheap_when_nothing_is_known(known: dict[str, object]) -> None:
    """Otherwise the word is noticed and stays."""
    query = _step(**known)(Interpretation.of("cheap laptop"))
    assert (query.price, query.asked) == (None, "cheap laptop")
    assert [(one.kind, one.effect) for one in query.findings] == [("cheap", "")]


def test_cheap_of_few() -> None:
    """Where too few have a price the word is taken out all the same: it describes no product."""
    query = _step(cheapest=lambda _: Low(None))(Interpretation.of("cheap gel pen"))
    assert (query.price, query.asked) == (None, "gel pen")
    assert query.findings[0].effect == "no filter: too few have a price to tell what is low"


def test_cheap_alone() -> None:
    """The word "cheap" without a thing asks for nothing that could be cheap."""
    query = _step(cheapest=lambda _: Low(9.5))(Interpretation.of("cheap"))
    assert (query.price, query.asked) == (None, "cheap")


def test_a_stated_price_wins() -> None:
    """A number says more than "cheap"."""
    query = _step(cheapest=lambda _: Low(9.5))(Interpretation.of("cheap laptop under $300"))
    assert query.price == PriceRange("price", None, 300)


@given(TEXTS.filter(str.strip))
def test_laws(typed: str) -> None:
    """Any text: findings point into it, what is removed is not asked for, something always is."""
    query = understand(typed, [Normalise("chinese"), _step("CNY", cheapest=lambda _: Low(10.0))])
    for finding in query.findings:
        assert query.text[finding.start : finding.end] == finding.text
    for start, end in query.removed:
        assert 0 <= start < end <= len(query.text)
    if query.removed:
        assert keys(query.asked)
        assert len("".join(query.asked.split())) == len(
            "".join("".join(query.text[at] for at in _kept(query)).split())
        )
    if query.price and query.price.low is not None and query.price.high is not None:
        assert query.price.low <= query.price.high


def _kept(query: Interpretation) -> list[int]:
    gone = {at for start, end in query.removed for at in range(start, end)}
    return [at for at in range(len(query.text)) if at not in gone]


@pytest.mark.parametrize("piece", ["under ", "1,", "$5-", "五百", "for and ", "not no ", "6x"])
def test_long_texts_end(piece: str) -> None:
    """No repetition makes a pattern explode: the longest query is read at once."""
    text = (piece * 200)[:200]
    assert understand(text, [Normalise("chinese"), _step("CNY")]).typed == text
