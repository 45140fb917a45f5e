"""Measures of one run, per query and on the mean, through `ir_measures`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ir_measures import RR, Bpref, P, R, ScoredDoc, nDCG, pytrec_eval
from ir_measures.util import Qrel

from query.evaluate.runs import Ranking, Run

CUTOFF = 10
MAIN = "nDCG@10"
# Without the hits that nobody judged: what they would say of a system is unknown, not bad.
CONDENSED = ("nDCG'@10", "bpref")
MEASURES = (MAIN, "MRR", "R@100", "P@10", *CONDENSED)


@dataclass(frozen=True)
class Scores:
    """A run's values.

    Attributes:
        per_query: measure → value in 0..1, by query id.
        mean: arithmetic mean over every judged query, by measure.
        unjudged: share of the hits in the first ten, over all queries, that nobody judged;
            None when there was no hit at all.
    """

    per_query: dict[str, dict[str, float]]
    mean: dict[str, float]
    unjudged: float | None

    def main(self, queries: Iterable[str]) -> list[float]:
        """Return nDCG@10 of queries, in their order."""
        return [self.per_query[query_id][MAIN] for query_id in queries]


def measure(run: Run, grades: Mapping[str, Mapping[str, int]], relevant_from: int = 1) -> Scores:
    """Score a run against judgments.

    nDCG uses the grade itself as gain (linear) and log2(rank + 1) as discount (Järvelin and
    Kekäläinen 2002, as in trec_eval); an unjudged product counts as grade 0; every query in
    `grades` counts, with 0 where the run has no hit. nDCG'@10 is the same after the unjudged hits
    are taken out of the list (Sakai, SIGIR 2007); bpref counts, for each relevant hit, the judged
    irrelevant ones above it (Buckley and Voorhees, SIGIR 2004).

    Args:
        run: rankings; queries outside `grades` are left aside.
        grades: product id → grade, by query id.
        relevant_from: lowest grade that the binary measures (all but the two nDCG) call relevant.
    """
    names = {
        nDCG @ CUTOFF: MAIN,
        RR(rel=relevant_from): "MRR",
        R(rel=relevant_from) @ 100: "R@100",
        P(rel=relevant_from) @ CUTOFF: "P@10",
        nDCG(judged_only=True) @ CUTOFF: "nDCG'@10",
        Bpref(rel=relevant_from): "bpref",
    }
    qrels = [
        Qrel(query_id, product_id, grade)
        for query_id, products in grades.items()
        for product_id, grade in products.items()
    ]
    # The provider sorts by score in single precision; minus the rank keeps the order as it is.
    scored = [
        ScoredDoc(query_id, product_id, -rank)
        for query_id in grades
        for rank, (product_id, _) in enumerate(run.rankings.get(query_id, ()))
    ]
    per_query: dict[str, dict[str, float]] = {query_id: {} for query_id in grades}
    for found in pytrec_eval.evaluator(list(names), qrels).iter_calc(scored):
        per_query[found.query_id][names[found.measure]] = float(found.value)
    mean = {
        name: sum(values[name] for values in per_query.values()) / len(per_query)
        for name in MEASURES
    }
    return Scores(per_query, mean, _unjudged(run.rankings, grades))


def _unjudged(
    rankings: Mapping[str, Ranking], grades: Mapping[str, Mapping[str, int]]
) -> float | None:
    judged = [
        product_id in products
        for query_id, products in grades.items()
        for product_id, _ in rankings.get(query_id, ())[:CUTOFF]
    ]
    return judged.count(False) / len(judged) if judged else None
