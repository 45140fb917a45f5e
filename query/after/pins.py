"""Products that a merchandiser put at places of their own."""

from collections.abc import Mapping, Sequence
from datetime import date

from query.after.asked import Asked
from query.after.queries import Pin
from query.ranking import Adjustment, Ranking, Stage


class Pins(Stage):
    """Moves pinned products to their places; scores stay.

    A pinned product must be among the candidates: `wanted` tells which to bring. It must meet the
    filters and be alive like any other; one that is not is passed over, and the next takes its
    place.

    Args:
        pins: in the order of the file; the first that names a product or a place counts.
        today: the day rules are asked about.
    """

    name = "pins"

    def __init__(self, pins: Sequence[Pin], today: date) -> None:
        self._pins, self._today = pins, today

    def wanted(self, text: str) -> tuple[str, ...]:
        """Return ids of the products pinned for a query, to be added to its candidates."""
        return tuple(
            dict.fromkeys(product for pin in self._meant(text) for product in pin.products)
        )

    def __call__(self, text: str, ranking: Ranking) -> Ranking:
        """Return the ranking with the pinned products at their places, the rest in its order."""
        rows = {id_: row for row, id_ in enumerate(ranking.ids)}
        places = _places(self._meant(text), rows)
        if not places:
            return ranking
        pinned = set(places.values())
        rest = iter(row for row in range(len(rows)) if row not in pinned)
        order = [
            places[place] if place in places else next(rest) for place in range(1, len(rows) + 1)
        ]
        adjustments = [
            Adjustment(ranking.ids[row], self.name, "pinned by a rule", 0.0, row + 1, place)
            for place, row in sorted(places.items())
        ]
        return ranking.take(order).adjusted(*adjustments)

    def _meant(self, text: str) -> list[Pin]:
        asked = Asked(text)
        return [pin for pin in self._pins if pin.meant(asked, self._today)]


def _places(pins: Sequence[Pin], rows: Mapping[str, int]) -> dict[int, int]:
    """Return row by place: a taken place gives way to the next free one, one past the end to the last."""
    places: dict[int, int] = {}
    done: set[str] = set()
    for pin in pins:
        place = pin.place
        for product in pin.products:
            if product in done or product not in rows:
                continue
            done.add(product)
            place = _free(places, place, len(rows))
            places[place] = rows[product]
            place += 1
    return places


def _free(taken: Mapping[int, int], place: int, last: int) -> int:
    """Return the free place nearest after this one, or nearest before where there is none."""
    after = (one for one in range(place, last + 1) if one not in taken)
    before = (one for one in range(min(place, last), 0, -1) if one not in taken)
    return next(after, None) or next(before)
