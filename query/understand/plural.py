"""The English plural, as far as a rule can tell it."""

# The plural of another word, and a word of its own: a rule about glass must not fire on spectacles.
_OF_ITS_OWN = frozenset(
    (
        *("arms", "blinds", "boxers", "briefs", "customs", "flats", "glasses", "goods", "heels"),
        *("irons", "jeans", "lens", "news", "pants", "series", "shorts", "slacks", "specs"),
        *("species", "sweats", "tights", "trunks"),
    )
)
_NOT_PLURAL = ("ss", "us", "is")
_HISSING = ("ches", "shes", "xes", "sses", "zzes")
_SHORTEST_PLURAL = 4
_SHORTEST_WITH_Y = 5


def singular(word: str) -> str:
    """Return a form that a regular English plural and its singular share; other words stay.

    It is for comparing, not for showing: "canvas" and "calorie" become something that is no word,
    but the same on both sides.

    Args:
        word: in lower case.
    """
    if len(word) < _SHORTEST_PLURAL or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("s") and word not in _OF_ITS_OWN and not word.endswith(_NOT_PLURAL):
        word = word[:-2] if word.endswith(_HISSING) else word[:-1]
    # "batteries" lost its s above; "calorie" ends like it, so both get the y.
    return word[:-2] + "y" if word.endswith("ie") and len(word) >= _SHORTEST_WITH_Y else word
