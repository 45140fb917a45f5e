from dataclasses import replace

import pytest

from connector.errors import SynonymsError
from query.understand.synonyms.candidates import Candidate, Lift
from query.understand.synonyms.review import by_lift, card, decided, proposed

SOFA = Candidate("couch", "sofa", "clicks", 0.9, (12, 40), ("Red couch",))
LAMP = Candidate("lamp", "light", "wordnet", 1.0, (3, 4), two_way=False)


def test_decisions_are_taken_by_id() -> None:
    """A candidate becomes what was decided, also when it was decided otherwise before."""
    known = decided([SOFA, replace(LAMP, status="accepted")], [SOFA.id], [LAMP.id])
    assert [one.status for one in known] == ["accepted", "rejected"]


def test_unknown_and_twofold_ids_are_refused() -> None:
    """A slip in a script changes nothing."""
    with pytest.raises(SynonymsError, match="no candidate has the id 'x'"):
        decided([SOFA], ["x"], [])
    with pytest.raises(SynonymsError, match="accepted and rejected"):
        decided([SOFA], [SOFA.id], [SOFA.id])


def test_the_surest_proposed_candidate_comes_first() -> None:
    """Decided candidates are not asked about again."""
    assert proposed([SOFA, LAMP, replace(SOFA, status="rejected")]) == [LAMP, SOFA]


def test_card_shows_what_speaks_for_a_candidate() -> None:
    """Pair, id, source, score, titles and lift stand on the card."""
    told = card(replace(SOFA, lift=Lift(5, 0.02, 0.01, 0.03, 4, 1)))
    assert told.splitlines() == [
        f"couch, sofa   [{SOFA.id}]",
        "  clicks 0.90; in 12 and 40 titles",
        "  · Red couch",
        "  lift +0.020 [+0.010, +0.030] on 5 queries, 4 better, 1 worse",
    ]
    assert card(LAMP).startswith("lamp => light")


def test_convincing_lift_is_accepted_on_demand_only() -> None:
    """Measuring alone decides nothing."""
    good = replace(SOFA, lift=Lift(5, 0.02, 0.01, 0.03, 4, 1))
    known, measured = [SOFA, LAMP], [good, LAMP]
    told = by_lift(known, measured, accept=True)
    assert [one.status for one in told] == ["accepted", "proposed"]
    assert by_lift(known, measured, accept=False) == measured


def test_what_was_decided_while_others_were_measured_stays() -> None:
    """Measuring takes minutes: a rejection, and what was suggested meanwhile, outlive it."""
    good = replace(SOFA, lift=Lift(5, 0.02, 0.01, 0.03, 4, 1))
    told = by_lift([replace(SOFA, status="rejected"), LAMP], [good], accept=True)
    assert told == [replace(good, status="rejected"), LAMP]
