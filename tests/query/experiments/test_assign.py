from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from query.experiments.assign import assigned, unit_of
from query.experiments.experiment import CONTROL, TREATMENT, Experiment, Variant
from query.experiments.interleave import team_draft, vote
from query.request import Asker

IDS = st.lists(st.sampled_from([f"p{number}" for number in range(12)]), unique=True)


def made(**changes: Any) -> Experiment:
    """An experiment."""
    plain = {"name": "one", "catalogue": "shop", "treatment": Variant(system="bm25")}
    return Experiment.model_validate(
        {**plain, "started": datetime(2026, 11, 1, tzinfo=UTC)} | changes
    )


def test_a_shopper_sees_the_same_always() -> None:
    """Half see each variant; more traffic moves nobody from one to the other."""
    units = [f"client-{number}" for number in range(4000)]
    seen = {unit: assigned(made(), unit) for unit in units}
    assert seen == {unit: assigned(made(), unit) for unit in units}
    assert 1850 < sum(one == TREATMENT for one in seen.values()) < 2150
    some = {unit: assigned(made(traffic=0.3), unit) for unit in units}
    taking = [unit for unit, variant in some.items() if variant]
    assert 1050 < len(taking) < 1350
    assert all(some[unit] == seen[unit] for unit in taking)
    assert all(assigned(made(traffic=0.6), unit) for unit in taking)


def test_another_experiment_splits_shoppers_anew() -> None:
    """Who saw the treatment of one is no likelier to see that of the next."""
    units = [f"client-{number}" for number in range(4000)]
    alike = sum(assigned(made(), unit) == assigned(made(name="two"), unit) for unit in units)
    assert 1850 < alike < 2150


def test_signing_in_changes_nothing_and_nobody_takes_no_part() -> None:
    """Assignment goes by the browser; without any id there is none."""
    assert unit_of(Asker(client="b1", user="anna")) == unit_of(Asker(client="b1"))
    assert unit_of(Asker(user="anna", session="s")) == "anna"
    assert assigned(made(), unit_of(Asker())) is None


@given(IDS, IDS, st.integers(0, 12), st.integers())
def test_a_draft_is_fair(one: list[str], other: list[str], size: int, seed: int) -> None:
    """No product stands twice; teams choose in turns, each its best that is left."""
    drafted = team_draft(one, other, size, Random(seed))
    ids = [id_ for id_, _ in drafted]
    assert len(set(ids)) == len(ids) == min(size, len({*one, *other}))
    teams = [team for _, team in drafted]
    for team, ranking in ((CONTROL, one), (TREATMENT, other)):
        mine = [ranking.index(id_) for id_, chose in drafted if chose == team]
        assert mine == sorted(mine)
    if one == other:
        assert ids == one[:size]
        assert abs(teams.count(CONTROL) - teams.count(TREATMENT)) <= 1


def test_clicks_are_votes() -> None:
    """The treatment's count for it, the control's against it."""
    assert vote((CONTROL, TREATMENT, TREATMENT), (0, 1, 2)) == 1
    assert vote((CONTROL, TREATMENT), ()) == 0
