from dataclasses import replace

from query.understand.synonyms.candidates import Candidate, Lift
from query.understand.synonyms.lift import LEAST_QUERIES, Bench, convincing
from query.understand.synonyms.matcher import Matcher
from query.understand.synonyms.solr import parse

SOFA = Candidate("couch", "sofa", "clicks", 0.9, (12, 40))
HOSE = replace(SOFA, left="hose", right="pipe")


class Shop:
    """Answers with what a text may stand for and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def rank(self, text: str, rules: Matcher) -> list[str]:
        """Return the words that the rules add."""
        self.asked.append(text)
        return [target.text for one in rules.matches(text) for target in one.targets]

    def bench(self, **queries: str) -> Bench:
        """Return a bench on which finding a sofa is good and a pipe is bad."""
        value = {"sofa": 0.5, "pipe": -0.5, "old": 0.1}
        return Bench(
            queries,
            tuple(parse("couch => old", "s/curated.txt")),
            self.rank,
            lambda _, ids: sum(value[one] for one in ids),
        )


def test_lift_is_the_difference_on_the_queries_touched() -> None:
    """Only queries on which the candidate fires are asked, with and without it."""
    shop = Shop()
    (one,) = shop.bench(q1="red couch", q2="lamp", q3="couches").measured([SOFA])
    assert one.lift == Lift(queries=2, mean=0.5, low=0.5, high=0.5, wins=2, losses=0)
    assert sorted(shop.asked) == ["couches", "couches", "red couch", "red couch"]


def test_what_touches_nothing_has_no_lift() -> None:
    """A candidate about words that nobody typed keeps none of before, and nothing is asked."""
    shop = Shop()
    bench = shop.bench(q2="lamp")
    before = replace(SOFA, lift=Lift(9, 0.1, 0.05, 0.2, 9, 0))
    assert list(bench.measured([SOFA, before])) == [SOFA, SOFA]
    assert bench.together([SOFA]) is None
    assert shop.asked == []


def test_candidates_are_measured_together_too() -> None:
    """The lift of all at once counts every query that any of them touches."""
    lift = Shop().bench(q1="couch", q2="hose").together([SOFA, HOSE])
    assert lift is not None
    assert (lift.queries, lift.wins, lift.losses, lift.mean) == (2, 1, 1, 0.0)


def test_few_queries_convince_nobody() -> None:
    """An interval above zero counts from a number of queries on that chance seldom reaches."""
    lift = Lift(LEAST_QUERIES, 0.1, 0.05, 0.2, LEAST_QUERIES, 0)
    assert convincing(replace(SOFA, lift=lift))
    assert not convincing(replace(SOFA, lift=replace(lift, queries=LEAST_QUERIES - 1)))
    assert not convincing(replace(SOFA, lift=replace(lift, low=0.0)))
    assert not convincing(SOFA)
