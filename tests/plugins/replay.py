"""Rounds of learning in a shop whose truth is known, and everything that can go wrong in one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, Literal

import numpy as np
from plugins.judged_queries import FIRST_PASS

from query.clicks import graded
from query.clicks.log import Page
from query.evaluate.judgments import read
from query.experiments.decide import decide
from query.experiments.experiment import Decision, Experiment, Variant
from query.experiments.interleave import team_draft, vote
from query.experiments.outcomes import Outcomes
from query.learn.work import Candidate, Golden
from query.ranking import Floats
from query.ubi.shopper import Habits, visit
from query.weights.features import Features, Judged
from query.weights.learner import Learning
from query.weights.model import Model
from query.weights.pool import Pool, Rivals
from query.weights.training import train

Trouble = Literal["none", "label noise", "upside down", "bots", "broken encoder"]

TERMS = ("lexical", "vector", "coverage")
TOP, SIZE, PRODUCTS = 3, 10, 20
_START = datetime(2026, 11, 1, tzinfo=UTC)


def model(**weights: float) -> Model:
    """Return weights."""
    terms = {name: {"weight": weight} for name, weight in weights.items()}
    return Model.model_validate({"terms": terms, "first_pass": FIRST_PASS, "created": "2026-11-01"})


@dataclass
class Shop:
    """A shop: `lexical` says something of what is wanted, `vector` more, `coverage` nothing.

    Attributes:
        seed: of everything.
        trouble: what is wrong now.
        in_force: weights that rank.
    """

    seed: int = 0
    trouble: Trouble = "none"
    in_force: Model = field(default_factory=lambda: model(lexical=0.8, vector=0.1, coverage=0.1))
    sessions: int = 6000

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        drawn = np.random.default_rng(self.seed)
        self.grades: dict[str, dict[str, int]] = {}
        self.values: dict[str, Floats] = {}
        for number in range(80):
            grades = drawn.choice([0, 0, 0, 1, 2, 3], PRODUCTS)
            wanted = grades / TOP
            columns = [wanted * 0.5, wanted * 0.8, np.full(PRODUCTS, 0.4)]
            noise = drawn.normal(0, 0.3, (PRODUCTS, len(TERMS)))
            query = f"q{number:02}"
            self.grades[query] = {f"{query}p{at:02}": int(one) for at, one in enumerate(grades)}
            self.values[query] = (np.stack(columns, axis=1) + noise).astype(np.float32)
        self.broken = {
            query: np.stack(
                [each[:, 0], drawn.normal(0.4, 0.3, PRODUCTS), each[:, 2]], axis=1
            ).astype(np.float32)
            for query, each in self.values.items()
        }
        queries = list(self.grades)
        self.head, self.judged = queries[:40], queries[40:]

    def now(self) -> dict[str, Floats]:
        """What the index answers today."""
        return self.broken if self.trouble == "broken encoder" else self.values

    def ranked(self, query: str, weights: Model) -> list[str]:
        """A ranking, as it is today."""
        each = np.array([weights.weights.get(name, 0.0) for name in TERMS], np.float32)
        order = np.argsort(-(self.now()[query] @ each), kind="stable")
        ids = list(self.grades[query])
        return [ids[row] for row in order]

    def worth(self, weights: Model) -> float:
        """nDCG@10 in truth, on all queries, with everything well."""
        features = self.features(self.grades, self.values)
        pool = Pool.of([features], Rivals(start=self.in_force, in_force=self.in_force))
        return float(pool.table.measure(pool.weights(weights)).mean())

    def features(
        self, grades: Mapping[str, Mapping[str, int]], values: Mapping[str, Floats]
    ) -> Features:
        """Queries as training sees them."""
        queries = tuple(_judged(query, each, values[query]) for query, each in grades.items())
        pairs = sum(map(len, grades.values()))
        return Features("shop", "encoder", TERMS, FIRST_PASS, queries, pairs)

    def pages(self) -> list[Page]:
        """What shoppers, and others, click in a month; one in four pages is of another ranking."""
        found = []
        for number in range(self.sessions):
            query = self.random.choice(self.head)
            shown = self.in_force if number % 4 else model(lexical=0.3, vector=0.3, coverage=0.4)
            ids = tuple(self.ranked(query, shown)[:SIZE])
            done = visit(ids, self.grades[query], TOP, Habits(), self.random).clicked
            if self.trouble == "label noise":
                done = tuple(sorted(self.random.sample(range(SIZE), len(done))))
            if self.trouble == "upside down":
                done = tuple(SIZE - 1 - place for place in reversed(done))
            if self.trouble == "bots" and number % 3:
                best = max(ids, key=lambda id_: self.values[query][int(id_[-2:]), 2])
                done = (ids.index(best),)
            found.append(Page(query, ids, done, client=f"c{number}"))
        return found


def _judged(query: str, grades: Mapping[str, int], values: Floats) -> Judged:
    ids = tuple(f"{query}p{at:02}" for at in range(PRODUCTS))
    known = [grades.get(id_, 0) for id_ in ids]
    ideal = tuple(sorted(map(float, grades.values()), reverse=True)[:SIZE])
    return Judged(query, query, ids, values, np.array(known, np.float32), ideal)


@dataclass
class Replayed:
    """The work of rounds on a shop."""

    shop: Shop
    started: dict[str, Model] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    @property
    def in_force(self) -> Model:
        """The weights that rank today."""
        return self.shop.in_force

    def judge(self, folder: Path) -> dict[str, Any]:
        """Judge clicks as the command does."""
        self.calls.append("judge")
        judged = graded.judge(self.shop.pages(), "position", 0.4)
        for name in ("qrels.tsv", "queries.tsv"):
            (folder / name).unlink(missing_ok=True)
        graded.write(folder, judged, {query: query for query in self.shop.head})
        return {"pairs": len(judged)}

    def train(self, folder: Path) -> Candidate:
        """Learn from the files."""
        self.calls.append("train")
        grades = read(folder / "queries.tsv", folder / "qrels.tsv").grades
        features = self.shop.features(grades, self.shop.now())
        rivals = Rivals(start=self.in_force, in_force=self.in_force)
        made = train([features], rivals, date(2026, 11, 21), Learning(penalty=0.0, draws=3))
        gain = made.verdict.overall.difference.interval.mean
        return Candidate(made.model, gain, made.verdict.reasons)

    def golden(self, candidate: Model) -> Golden:
        """Compare on what people judged."""
        self.calls.append("golden")
        grades = {query: self.shop.grades[query] for query in self.shop.judged}
        pool = Pool.of(
            [self.shop.features(grades, self.shop.now())],
            Rivals(start=self.in_force, in_force=self.in_force),
        )
        both = [pool.table.measure(pool.weights(one)) for one in (candidate, self.in_force)]
        return Golden(both[0], both[1], pool.slices)

    def begin(self, name: str, candidate: Model) -> None:
        """Begin an experiment."""
        self.calls.append("begin")
        self.started[name] = candidate

    def ended(self, name: str) -> tuple[Decision | None, str]:
        """Let shoppers vote on both rankings in one list."""
        self.calls.append("ended")
        shop, wins, losses = self.shop, 0, 0
        for _ in range(3000):
            query = shop.random.choice(list(shop.grades))
            both = [shop.ranked(query, one) for one in (shop.in_force, self.started[name])]
            drafted = team_draft(*both, SIZE, shop.random)
            ids, teams = zip(*drafted, strict=True)
            done = visit(ids, shop.grades[query], TOP, Habits(), shop.random).clicked
            preferred = vote(teams, done)
            wins, losses = wins + (preferred > 0), losses + (preferred < 0)
        experiment = Experiment(
            name=name, catalogue="shop", kind="interleaved", treatment=Variant(), started=_START
        )
        verdict = decide(experiment, Outcomes(votes=(wins, losses)), _START)
        return verdict.decision or "undecided", verdict.reason

    def release(self, candidate: Model) -> bool:
        """Put weights in force."""
        self.calls.append("release")
        self.shop.in_force = candidate
        return True
