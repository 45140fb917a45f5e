from query.evaluate.evaluation import Evaluation, evaluate
from query.evaluate.judgments import Judgments
from query.evaluate.runs import Run


def test_the_first_run_is_the_baseline(evaluation: Evaluation) -> None:
    """Every other system is compared with the first, which is compared with nothing."""
    first, other = evaluation.systems
    assert evaluation.baseline is first
    assert first.difference is None
    assert other.difference is not None
    assert (other.difference.wins, other.difference.losses, other.difference.ties) == (2, 0, 1)
    expected = other.scores.mean["nDCG@10"] - first.scores.mean["nDCG@10"]
    assert abs(other.difference.interval.mean - expected) < 1e-12


def test_notes_tell_what_a_reader_must_know(evaluation: Evaluation) -> None:
    """Queries left out, and those that a system has no answer to, are counted and named."""
    assert evaluation.notes() == [
        "queries without any judgment, left out: 1 (q8)",
        "judged queries missing from the queries file, left out: 1 (q9)",
        "queries whose judged products are all irrelevant, left out: 1 (q7)",
        "queries without any hit of <b>$x$</b>, scored 0: 1 (q3)",
        "queries without any hit of hybrid, scored 0: 1 (q3)",
    ]


def test_a_higher_threshold_names_the_queries_it_empties() -> None:
    """Where no product reaches the relevant grade, the reader learns why binary measures are 0."""
    judgments = Judgments({"q1": "coat"}, {"q1": {"a": 1}})
    run = Run("bm25", {"q1": [("a", 1.0)]})
    assert evaluate(judgments, [run], relevant_from=1).notes() == []
    assert evaluate(judgments, [run], relevant_from=2).notes() == [
        "queries without a product of grade 2 or better: 1 (q1)"
    ]


def test_several_comparisons_are_corrected_together() -> None:
    """Each system's p is corrected for the number of systems, and never falls below its own."""
    judgments = Judgments(
        {f"q{place}": "coat" for place in range(6)}, {f"q{place}": {"a": 1} for place in range(6)}
    )
    right = {query: [("a", 1.0)] for query in judgments.queries}
    wrong = {query: [("b", 1.0)] for query in judgments.queries}
    runs = [Run("base", wrong), Run("one", right), Run("two", right)]
    first, one, two = evaluate(judgments, runs).systems
    assert first.difference is None
    assert one.difference
    assert two.difference
    assert one.difference.p == two.difference.p == 2 / 2**6
    assert one.difference.corrected == two.difference.corrected == 4 / 2**6
    alone = evaluate(judgments, runs[:2]).systems[1].difference
    assert alone
    assert alone.corrected == alone.p
