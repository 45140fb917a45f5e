from datetime import UTC, datetime

from mappings.history.fields import FIELDS, RELEVANCE
from query.experiments.decide import decide
from query.experiments.experiment import Experiment, Variant
from query.experiments.outcomes import Outcomes, outcomes
from query.experiments.record import document

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_an_experiment_is_kept_with_what_is_known() -> None:
    """Ends of an interval that are not known yet are left out; every field is described."""
    one = Experiment(
        name="newer",
        catalogue="shop",
        control=Variant(system="bm25"),
        treatment=Variant(),
        started=NOW,
    )
    found = document(one, decide(one, outcomes([], NOW), NOW), "2026-01-02T00:00:00.000Z")
    assert set(found) <= set(FIELDS[RELEVANCE])
    assert (found["system"], found["baseline"]) == ("hybrid", "bm25")
    assert (found["verdict"], found["shoppers"]) == ("runs", 0)
    assert "difference_low" not in found


def test_votes_are_kept_where_two_rankings_stand_in_one_list() -> None:
    """Shoppers are those who preferred one; the difference is of those who prefer the treatment."""
    one = Experiment(
        name="drafted", catalogue="shop", kind="interleaved", treatment=Variant(), started=NOW
    )
    verdict = decide(one, Outcomes(votes=(30, 10)), NOW)
    found = document(one, verdict, "2026-01-02T00:00:00.000Z")
    assert (found["shoppers"], found["difference"]) == (40, 0.5)
    assert "difference_low" not in found
