"""What candidates do to a ranking: nDCG@10 with each one minus without, on the queries it touches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from query.evaluate.compare import compare
from query.understand.synonyms.candidates import Candidate, Lift
from query.understand.synonyms.matcher import Matcher
from query.understand.synonyms.rules import Rule

# Ids of the products that a text finds under some rules, best first.
Rank = Callable[[str, Matcher], Sequence[str]]
# nDCG@10 of one query's ranking: (query id, ids) → 0..1.
Measure = Callable[[str, Sequence[str]], float]

# Below this an interval is made of too little: five queries that all win are chance once in 32.
LEAST_QUERIES = 5


@dataclass(frozen=True)
class Bench:
    """What a candidate is measured on.

    Attributes:
        queries: text by query id; all of them judged.
        rules: in force already; a candidate is measured on top of them.
        rank: asks the searcher.
        measure: judges its answer.
    """

    queries: Mapping[str, str]
    rules: tuple[Rule, ...]
    rank: Rank
    measure: Measure

    def measured(self, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
        """Yield the candidates with their lift; one that touches no query keeps none."""
        before: dict[str, float] = {}
        for one in candidates:
            yield replace(one, lift=self._lift((one,), before))

    def together(self, candidates: Sequence[Candidate]) -> Lift | None:
        """Return the lift of all candidates at once."""
        return self._lift(candidates, {})

    def _lift(self, candidates: Sequence[Candidate], before: dict[str, float]) -> Lift | None:
        """Args: before: what the queries score without, filled as it becomes known."""
        fresh = Matcher([one.rule() for one in candidates])
        touched = [name for name, text in self.queries.items() if any(fresh.matches(text))]
        if not touched:
            return None
        known = Matcher(self.rules)
        for name in touched:
            if name not in before:
                before[name] = self.measure(name, self.rank(self.queries[name], known))
        more = Matcher([*self.rules, *(one.rule() for one in candidates)])
        after = [self.measure(name, self.rank(self.queries[name], more)) for name in touched]
        found = compare(after, [before[name] for name in touched])
        between = found.interval
        return Lift(len(touched), between.mean, between.low, between.high, found.wins, found.losses)


def convincing(candidate: Candidate) -> bool:
    """Return whether a candidate's interval lies above zero on enough queries."""
    lift = candidate.lift
    return bool(lift and lift.queries >= LEAST_QUERIES and lift.low > 0)
