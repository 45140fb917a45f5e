"""Pairs that are alike but no synonyms: parts, inflections, opposites, sizes, colours."""

from itertools import product

from query.understand.synonyms.sources.vocabulary import Key, Vocabulary

# Words of one group exclude one another unless a slash joins them. A catalogue's own facets and
# WordNet add to these.
_GROUPS = """
black white grey/gray red blue green yellow orange purple pink brown beige gold silver navy teal \
turquoise violet ivory cream tan maroon burgundy khaki rose bronze copper magenta cyan
mini small medium large/big huge tiny slim compact jumbo king queen twin full
short tall long
one/single two/double/dual three/triple four/quad five six seven eight nine ten dozen half/semi \
multi first second third
men/man/male/gentleman women/woman/female/lady boy girl kid/child/children baby/infant toddler \
adult teen/teenager unisex mother/mom father/dad
left right top bottom front back/rear upper lower inner outer side
high low
round square oval rectangular/rectangle
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
spring summer autumn/fall winter
wood/wooden metal steel iron aluminum/aluminium plastic glass leather cotton wool silk linen \
nylon polyester rubber silicone ceramic bamboo paper stone marble
hot cold warm cool
wet dry
hard soft
heavy light
thick thin
new old used
open closed
glossy/gloss matte/matt transparent/clear opaque
indoor outdoor
wired wireless/cordless
manual automatic
analog/analogue digital
visible invisible
day night
chocolate vanilla strawberry lemon apple banana orange cherry mint coconut peach
dog/puppy cat/kitten bird fish horse rabbit hamster
""".strip().split("\n")
_PLACES = {
    word: (number, place)
    for number, group in reversed(list(enumerate(_GROUPS)))
    for place, words in enumerate(group.split())
    for word in words.split("/")
}
_ENDINGS = (
    "ings",
    "ing",
    "ers",
    "er",
    "ors",
    "or",
    "ly",
    "e",
    "y",
    "al",
    "ion",
    "ic",
    "en",
    "s",
    "able",
    "ity",
    "ed",
)
_WITHOUT = ("less", "proof", "free")
_SHORTEST_STEM = 3


def same(one: Key, other: Key) -> bool:
    """Return whether one term is a part of the other or an inflection of it: no news to a search.

    Of two phrases only the words count that they do not share.
    """
    mine, theirs = _differing(one, other)
    return not mine or not theirs or all(_inflected(*pair) for pair in product(mine, theirs))


def opposed(words: Vocabulary, one: Key, other: Key) -> bool:
    """Return whether two terms exclude one another: two sizes, two colours, two brands."""
    mine, theirs = _differing(one, other)
    pairs = [((left,), (right,)) for left, right in product(mine, theirs)]
    return any(_of_one_group(*left, *right) for left, right in pairs) or any(
        words.siblings(*pair) for pair in ((one, other), *pairs)
    )


def _differing(one: Key, other: Key) -> tuple[set[str], set[str]]:
    return set(one) - set(other), set(other) - set(one)


def _of_one_group(one: str, other: str) -> bool:
    mine, theirs = _PLACES.get(one), _PLACES.get(other)
    if mine and theirs:
        return mine[0] == theirs[0] and mine[1] != theirs[1]
    # "stem" and "stemless", "leak" and "leakproof".
    return any(one + without == other or other + without == one for without in _WITHOUT)


def _inflected(one: str, other: str) -> bool:
    """Return whether two words share a stem: analyzers join most of these, and none is new."""
    return bool(_stems(one) & _stems(other))


def _stems(word: str) -> set[str]:
    stems = {word, word + "e"}
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            # "fitt(ing)" is "fit".
            stems |= {stem, stem[:-1]} if stem[-1] == stem[-2] else {stem}
    return stems
