"""Price intent: what a product may cost, out of the words that say so."""

from dataclasses import replace

from mappings.catalogue import Catalogue
from query.understand.cheap import Cheapest, cheap
from query.understand.interpretation import Finding, Interpretation, PriceRange
from query.understand.limits import Limit, Limits
from query.understand.vocabulary import PhraseCount
from query.understand.words import keys

# "about 50" is from a quarter below to a quarter above; who names a sum takes what costs less.
_ABOUT = 0.25


class Price:
    """Reads prices into a range on the catalogue's price field, and takes their words out.

    A number is a price only by a currency, or by a comparison that is not followed by a thing to
    count; a sum that nothing is compared with ("$500 laptop") is not where a title has it so. What a catalogue cannot filter by (another currency, no price
    field, limits that no price meets) is taken out all the same, and said.
    """

    name = "price"

    def __init__(
        self,
        catalogue: Catalogue,
        cheapest: Cheapest | None = None,
        phrase_count: PhraseCount | None = None,
    ) -> None:
        """Make the step for a catalogue.

        Args:
            catalogue: its first field of role price is the one.
            cheapest: called with what else is asked for, e.g. `laptop` of "cheap laptop".
            phrase_count: keeps "cheap" and "budget" in a query where a title has them before the
                same word.
        """
        prices = [(name, spec) for name, spec in catalogue.fields.items() if spec.role == "price"]
        self._field = prices[0][0] if prices else None
        self._currency = prices[0][1].currency if prices else None
        self._limits = Limits(self._currency)
        self._cheapest = cheapest
        self._phrase_count = phrase_count

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with its price range."""
        limits = [one for one in self._limits(query.text) if not self._is_name(query.text, one)]
        if not limits:
            return self._cheap(query)
        low, high = _bounds(limits)
        trouble = self._trouble(limits, low, high)
        less = query.removing(*((one.start, one.end) for one in limits))
        kept = "" if keys(less.asked) else "; nothing else is asked for, so the words stay"
        query = query if kept else less
        if not trouble and self._field:
            query = replace(query, price=PriceRange(self._field, low, high))
        effect = (trouble or f"only products {self._range(low, high)}") + kept
        return query.noticed(*(self._finding(query.text, one, effect) for one in limits))

    def _is_name(self, text: str, limit: Limit) -> bool:
        """Return whether titles have a sum before the same word: "2 dollar sunglasses"."""
        if limit.kind != "spent" or not self._phrase_count:
            return False
        said, after = keys(text[limit.start : limit.end]), keys(text[limit.end :])
        return bool(after) and self._phrase_count(said[-1], after[0]) > 0

    def _trouble(self, limits: list[Limit], low: float | None, high: float | None) -> str:
        """Return why the catalogue cannot be filtered by the limits; empty when it can."""
        if self._field is None:
            return "no filter: the catalogue has no price"
        for one in (amount for limit in limits for amount in limit.amounts):
            if self._currency and one.currencies and self._currency not in one.currencies:
                return f"no filter: prices are in {self._currency}, and none is converted"
        if low is not None and high is not None and low > high:
            return f"no filter: no price is above {low:g} and below {high:g}"
        return ""

    def _range(self, low: float | None, high: float | None) -> str:
        unit = f" {self._currency}" if self._currency else ""
        if low is None:
            return f"up to {high:g}{unit}"
        return f"from {low:g}{unit}" if high is None else f"of {low:g} to {high:g}{unit}"

    def _finding(self, text: str, limit: Limit, effect: str) -> Finding:
        words = text[limit.start : limit.end]
        source = f"catalogue: {self._field}" if self._field else "price words"
        return Finding(self.name, "price", words, limit.start, limit.end, source, effect)

    def _cheap(self, query: Interpretation) -> Interpretation:
        """Return the query with "cheap" read as the cheapest third, where that is known."""
        span = cheap(query.text, self._phrase_count)
        if not span:
            return query
        less = query.removing(span)
        told = self._field and keys(less.asked)
        low = self._cheapest(less.asked) if told and self._cheapest else None
        effect = ""
        if low and low.price is None:
            effect, query = "no filter: too few have a price to tell what is low", less
        elif low and self._field:
            effect = f"only the cheapest third, {self._range(None, low.price)}"
            query = replace(less, price=PriceRange(self._field, None, low.price))
        return query.noticed(
            Finding(self.name, "cheap", query.text[slice(*span)], *span, "price words", effect)
        )


def _bounds(limits: list[Limit]) -> tuple[float | None, float | None]:
    """Return the lowest and the highest price that meets all limits; None: open."""
    lows: list[float] = []
    highs: list[float] = []
    for limit in limits:
        values = sorted(one.value for one in limit.amounts)
        about = _ABOUT if limit.kind in ("about", "spent") else 0
        if limit.kind not in ("upper", "spent"):
            lows.append(values[0] * (1 - about))
        if limit.kind != "lower":
            highs.append(values[-1] * (1 + about))
    return max(lows, default=None), min(highs, default=None)
