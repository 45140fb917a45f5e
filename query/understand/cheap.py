"""Words for a low price, and what is low for the things they stand with."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from query.understand.lexicon import FEWEST_PRICES, Lexicon
from query.understand.vocabulary import PhraseCount
from query.understand.words import form, keys

# Words for a low price.
_CHEAP = re.compile(
    r"\b(?:cheap(?:est|er)?|inexpensive|affordable|low[ -](?:cost|priced?)|budget[ -]friendly"
    r"|on a budget|not (?:too |very |so )?(?:expensive|pricey))\b"
    r"|(?:价格)?(?:[最更]?(?:便宜|平价|廉价|实惠)|(?:不要|不是|别|不)(?:太|很)贵|不贵)(?:一?点)?的?"
    r"|性价比高的?"
)
# Also what a thing is for ("budget planner"): only where there are titles that can tell.
_BUDGET = re.compile(
    r"\bbudget(?= [a-z])(?! (?:planner|book|binder|sheet|tracker|journal|notebook|envelope|organi[sz]er"
    r"|calculator|wallet|ledger|worksheet|template|pad)s?\b)"
)
_LONGEST = 4


@dataclass(frozen=True)
class Low:
    """What is cheap for a thing.

    Attributes:
        price: what a third of its kind costs at most; None where too few have a price.
    """

    price: float | None


# What is cheap for what is asked for; None where no product is known to be that.
Cheapest = Callable[[str], Low | None]
# Of a text and a price field: products whose titles have all its words and that have a price, and
# what a third of them cost at most; None for none.
Titled = Callable[[str, str], tuple[int, float | None]]


def cheap(text: str, phrase_count: PhraseCount | None) -> tuple[int, int] | None:
    """Return where a text in lower case asks for a low price; None when it does not.

    Args:
        text: the query.
        phrase_count: a title that has the word before the same next one makes it part of a name.
    """
    found = _CHEAP.search(text) or (phrase_count and _BUDGET.search(text))
    if not found:
        return None
    after = keys(text[found.end() :])[:1]
    if phrase_count and after and phrase_count(keys(found.group())[-1], after[0]):
        return None
    return found.span()


def cheapest(lexicon: Lexicon, field: str, titled: Titled) -> Cheapest:
    """Return how to tell a low price for what is asked.

    By the longest category it names; else by the products that are called so. What is cheap for a
    whole catalogue says nothing about laptops.

    Args:
        lexicon: of the catalogue.
        field: its price field.
        titled: asked where no category of enough prices is named.
    """
    lows = lexicon.low.get(field, {})

    def low(asked: str) -> Low | None:
        words = form(asked).split()
        for size in range(min(_LONGEST, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                named = lexicon.named.get(" ".join(words[start : start + size]), ())
                found = [lows[one.text] for one in named if one.text in lows]
                if found:
                    return Low(found[0])
        products, third = titled(asked, field)
        if not products:
            return None
        return Low(third if products >= FEWEST_PRICES else None)

    return low
