"""A shopper whose wishes are known: looks down a page, clicks, leaves, buys; for tests and demos.

Examination falls with the place (the position-based model: Craswell et al., WSDM 2008), people
leave at any place and once they are satisfied (Chapelle and Zhang, WWW 2009), and click what they
do not want, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Habits:
    """How shoppers behave; probabilities are in 0..1.

    Attributes:
        eta: examination at place r is `r ** -eta`.
        noise: a click on an examined product of grade 0.
        attraction: a click on an examined product of the highest grade.
        abandon: of leaving after each place, whatever was found.
        satisfied: of leaving after a click on a product of the highest grade.
        cart: of putting a clicked product of the highest grade into the cart.
        buy: of buying what is in the cart.
    """

    eta: float = 1.0
    noise: float = 0.05
    attraction: float = 0.8
    abandon: float = 0.04
    satisfied: float = 0.3
    cart: float = 0.4
    buy: float = 0.5


@dataclass(frozen=True)
class Visit:
    """What was done to one page, as places from 0, ascending."""

    clicked: tuple[int, ...]
    carted: tuple[int, ...]
    bought: tuple[int, ...]


def visit(
    ids: Sequence[str], grades: Mapping[str, int], top: int, habits: Habits, random: Random
) -> Visit:
    """Return what one shopper does.

    Args:
        ids: of the page, best first.
        grades: of the products the shopper would judge above 0.
        top: highest grade of the scale, 1 or more.
        habits: of the shopper.
        random: where chance comes from.
    """
    clicked: list[int] = []
    carted: list[int] = []
    bought: list[int] = []
    for place, id_ in enumerate(ids):
        wanted = grades.get(id_, 0) / top
        drawn = habits.noise + (habits.attraction - habits.noise) * wanted
        if random.random() < (place + 1) ** -habits.eta and random.random() < drawn:
            clicked.append(place)
            if random.random() < habits.cart * wanted:
                carted.append(place)
                if random.random() < habits.buy:
                    bought.append(place)
            if random.random() < habits.satisfied * wanted:
                break
        if random.random() < habits.abandon:
            break
    return Visit(tuple(clicked), tuple(carted), tuple(bought))
