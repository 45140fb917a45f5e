"""How long it holds what an index told: less while it may still be filling."""

# Of fewer products the next ones may be of another kind.
MANY = 1000
_FILLING_S = 60.0


def holds_s(products: int, most_s: float) -> float:
    """Return for how many seconds what was learned of some products is true enough.

    Args:
        products: that it was learned of.
        most_s: seconds where they are many; a minute at most where they are few.
    """
    return most_s if products >= MANY else min(most_s, _FILLING_S)
