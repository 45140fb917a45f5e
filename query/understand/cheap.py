"""Words for a low price, and what is low for the things they stand with."""

import re
from collections.abc import Callable

from query.understand.lexicon import Lexicon
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

# The price below which the cheapest third of what is asked for lies; None: not known.
Cheapest = Callable[[str], float | None]


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


def cheapest(lexicon: Lexicon, field: str) -> Cheapest:
    """Return how to tell a low price for what is asked: by the longest category it names.

    What is cheap for a whole catalogue says nothing about laptops, so without a category of
    enough prices nothing is told.

    Args:
        lexicon: of the catalogue.
        field: its price field.
    """
    prices = lexicon.prices_in.get(field, {})

    def low(asked: str) -> float | None:
        words = form(asked).split()
        for size in range(min(_LONGEST, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                named = lexicon.named.get(" ".join(words[start : start + size]), ())
                found = [prices[one.text] for one in named if one.text in prices]
                if found:
                    return found[0].low
        return None

    return low
