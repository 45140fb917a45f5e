from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from query.experiments.decide import decide
from query.experiments.experiment import CONTROL, TREATMENT, Experiment, Variant
from query.experiments.outcomes import Look, outcomes

START = datetime(2026, 11, 1, tzinfo=UTC)
LATER = START + timedelta(days=5)


def made(**changes: Any) -> Experiment:
    """An experiment that began on the first."""
    plain = {"name": "one", "catalogue": "shop", "treatment": Variant(), "started": START}
    return Experiment.model_validate(plain | changes)


def page(unit: int, variant: str = "", **changes: Any) -> Look:
    """A page that was shown on the first day."""
    at = START + timedelta(minutes=unit % 1000)
    plain = {"unit": f"u{unit}", "at": at, "variant": variant}
    return Look(**{**plain, "total": 10, "took_ms": 20.0, **changes})


def both(count: int, **treated: Any) -> list[Look]:
    """As many shoppers of each variant; every third clicks; these differ in the treatment."""
    found = []
    for unit in range(count):
        clicked = (0,) if unit % 3 == 0 else ()
        found.append(page(2 * unit, CONTROL, clicked=clicked))
        found.append(page(2 * unit + 1, TREATMENT, **{"clicked": clicked, **treated}))
    return found


def test_a_shopper_counts_once_a_day_after_they_came() -> None:
    """What is done later is not counted; whose day is not over waits."""
    day = timedelta(hours=25)
    looks = [page(1, TREATMENT, clicked=(0,)), page(1, TREATMENT), page(2, CONTROL)]
    looks.append(page(1, TREATMENT, at=START + day, clicked=(1,), purchases=3))
    looks.append(page(3, CONTROL, at=LATER - timedelta(hours=1)))
    found = outcomes(looks, LATER)
    assert found.moments["clicked"][TREATMENT].mean == 0.5
    assert found.moments["value"][TREATMENT].mean == 0
    assert (found.shoppers(CONTROL), found.shoppers(TREATMENT), found.waiting) == (1, 1, 1)


@pytest.mark.parametrize(
    ("treated", "decision"),
    [
        ({"clicked": (0,)}, "treatment"),
        ({"clicked": ()}, "control"),
        ({"total": 0}, "guard"),
        ({"took_ms": 60.0}, "guard"),
        ({"took_ms": 10.0, "purchases": 1}, None),
    ],
)
def test_the_stop_rule_says_what_was_found(treated: dict[str, Any], decision: str | None) -> None:
    """Clicks decide, harm ends it whatever the clicks say, gain on a guard rail ends nothing."""
    noisy = [page(9000 + unit, CONTROL, total=0, took_ms=25.0 + unit) for unit in range(4)]
    noisy += [page(9100 + unit, TREATMENT, took_ms=25.0 + unit, carts=1) for unit in range(4)]
    verdict = decide(made(), outcomes(both(500, **treated) + noisy, LATER), LATER)
    assert verdict.decision == decision, verdict.reason


def test_an_uneven_split_is_no_experiment() -> None:
    """Where one variant loses shoppers, what is left says nothing."""
    looks = [look for look in both(500) if look.variant == CONTROL or int(look.unit[1:]) % 8 == 1]
    assert decide(made(), outcomes(looks, LATER), LATER).decision == "invalid"


def test_alike_is_an_answer_and_so_is_the_end_of_time() -> None:
    """A difference below the margin is none; what nobody could tell apart ends undecided."""
    alike = outcomes(both(500), LATER)
    assert decide(made(margin=0.2), alike, LATER).decision == "same"
    assert decide(made(), alike, LATER).decision is None
    assert decide(made(days=5), alike, LATER).decision == "undecided"


def test_votes_decide_where_two_are_in_one_list() -> None:
    """A shopper has one vote, for the ranking whose products they clicked more."""
    teams = (TREATMENT, CONTROL, TREATMENT)
    votes = [page(unit, teams=teams, clicked=(0,) if unit % 4 else (1,)) for unit in range(200)]
    verdict = decide(made(kind="interleaved"), outcomes(votes, LATER), LATER)
    assert (verdict.decision, verdict.votes) == ("treatment", (150, 50))
    few = outcomes(votes[:8], LATER)
    assert decide(made(kind="interleaved"), few, LATER).decision is None


def test_figures_are_plain_data() -> None:
    """An end that is not known yet is null, not infinite."""
    plain = decide(made(), outcomes(both(10), LATER), LATER).as_json()
    assert plain["primary"]["low"] is None
    assert plain["shoppers"] == {CONTROL: 10, TREATMENT: 10}
