"""Products that a merchandiser took out."""

from collections.abc import Sequence
from datetime import date

from query.after.asked import Asked
from query.after.queries import Hide
from query.ranking import Adjustment, Ranking, Stage


class Hides(Stage):
    """Takes hidden products out of the ranking.

    Args:
        hides: in the order of the file.
        today: the day rules are asked about.
    """

    name = "hides"

    def __init__(self, hides: Sequence[Hide], today: date) -> None:
        self._hides, self._today = hides, today

    def __call__(self, text: str, ranking: Ranking) -> Ranking:
        """Return the ranking without what is hidden for this query."""
        asked = Asked(text)
        hidden = {
            product
            for hide in self._hides
            if hide.meant(asked, self._today)
            for product in hide.products
        }
        gone = [row for row, id_ in enumerate(ranking.ids) if id_ in hidden]
        if not gone:
            return ranking
        kept = [row for row, id_ in enumerate(ranking.ids) if id_ not in hidden]
        adjustments = [
            Adjustment(ranking.ids[row], self.name, "hidden by a rule", 0.0, row + 1, None)
            for row in gone
        ]
        return ranking.take(kept).adjusted(*adjustments)
