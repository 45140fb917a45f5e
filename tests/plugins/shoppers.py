"""A shop whose truth is known, two rankings of it, and what shoppers click there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from query.clicks.log import Page
from query.evaluate.metrics import measure
from query.evaluate.runs import Run
from query.ubi.shopper import Habits, visit

TOP = 3
SIZE = 10


@dataclass(frozen=True)
class World:
    """Grades of every product by query, and rankings by name."""

    grades: dict[str, dict[str, int]]
    runs: dict[str, Run]

    def pages(
        self, shown: Sequence[str], sessions: int, seed: int, habits: Habits | None = None
    ) -> list[Page]:
        """What shoppers click; each session sees one of the `shown` rankings."""
        random = Random(seed)
        found = []
        for number in range(sessions):
            query = random.choice(list(self.grades))
            ids = tuple(self.runs[random.choice(shown)].first(query, SIZE))
            done = visit(ids, self.grades[query], TOP, habits or Habits(), random)
            found.append(Page(query, ids, done.clicked, client=f"c{number}"))
        return found

    def better(self, judged: Mapping[str, Mapping[str, int]], one: str, other: str) -> float:
        """How much nDCG@10 one ranking has more than another, by these judgments."""
        kept = {
            query: dict(products) for query, products in judged.items() if any(products.values())
        }
        return (
            measure(self.runs[one], kept).mean["nDCG@10"]
            - (measure(self.runs[other], kept).mean["nDCG@10"])
        )


def world(queries: int = 30, products: int = 14, seed: int = 0) -> World:
    """Return a world: `new` ranks better than `old`, and neither is perfect."""
    random = Random(seed)
    grades = {
        f"q{query}": {
            f"q{query}p{number}": random.choice((0, 0, 0, 1, 1, 2, 3)) for number in range(products)
        }
        for query in range(queries)
    }
    noise = {"old": 2.2, "new": 1.5}
    runs = {
        name: Run(name, {query: _ranked(each, spread, random) for query, each in grades.items()})
        for name, spread in noise.items()
    }
    return World(grades, runs)


def _ranked(grades: Mapping[str, int], spread: float, random: Random) -> list[tuple[str, float]]:
    drawn = {id_: grade + random.gauss(0, spread) for id_, grade in grades.items()}
    return sorted(drawn.items(), key=lambda one: -one[1])
