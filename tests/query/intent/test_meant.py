from dataclasses import replace

import numpy as np
import pytest
from plugins.candidates import BRAND, EAST, NORTH, asked, found

from query.candidates import Asked, Candidates, Sense
from query.intent.intent import heard
from query.intent.meant import Support, meant, supports
from query.legs import Named
from query.understand.entities.kinds import MODEL
from query.understand.entities.step import GAIN
from query.understand.interpretation import Entity, Finding, Interpretation

UNSURE = replace(BRAND, confidence=0.4)
COLOUR = replace(BRAND, kind="colour")


@pytest.mark.parametrize(
    ("named", "support", "stands"),
    [
        (BRAND, Support(0.25), True),
        (BRAND, Support(0.24), False),
        (UNSURE, Support(0.5), True),
        (UNSURE, Support(0.49), False),
        (BRAND, None, True),
        (UNSURE, None, False),
        (replace(BRAND, kind=MODEL), Support(0.0), True),
    ],
)
def test_the_nearest_decide_what_is_meant(
    named: Named, support: Support | None, stands: bool
) -> None:
    """A quarter of them confirms, half of them decides; a model number needs nobody's vote."""
    votes = {} if support is None else {named.clause: support}
    assert meant([named], votes) == ((named,) if stands else ())


@pytest.mark.parametrize(
    ("support", "stands"),
    [
        (Support(0.1, say=0.0, both=0.0), True),
        (Support(0.1, say=0.2, both=0.1), True),
        (Support(0.1, say=0.21, both=0.1), False),
        (Support(0.09, say=0.0, both=0.0), False),
        (Support(0.25, say=0.9, both=0.0), True),
    ],
)
def test_a_tenth_confirms_what_a_thing_is_like(support: Support, stands: bool) -> None:
    """Unless most of the nearest that say the word are not so: green tea is not green."""
    for colour, meaning in ((COLOUR, stands), (replace(COLOUR, confidence=0.4), False)):
        assert meant([colour], {colour.clause: support}) == ((colour,) if meaning else ())
    assert meant([BRAND], {BRAND.clause: Support(0.1)}) == ()


def test_support_is_the_vote_of_those_that_have_it_and_of_those_that_say_it() -> None:
    """Whatever the clauses score."""
    there = found(named={BRAND.clause: [2.0, 0.0, 1.0], BRAND.said: [0.0, 1.0, 1.0]})
    votes = np.array([0.5, 0.4, 0.1], np.float32)
    support = supports([BRAND], there, votes)[BRAND.clause]
    assert (support.have, support.say, support.both) == pytest.approx((0.6, 0.5, 0.1))


def _lamp(effect: str = GAIN) -> Asked:
    entity = Entity("brand", "brand", "Lamp", 0, 4, 0.8)
    finding = Finding("entities", "brand", "lamp", 0, 4, "catalogue", effect)
    query = replace(Interpretation.of("lamp"), entities=(entity,)).noticed(finding)
    return replace(asked(named=(BRAND,)), query=query)


def _near(*has: float) -> Candidates:
    """Return one product near the query and one far away, and which of them has the brand."""
    categories, senses = [["Home"], ["Toys"]], [Sense(EAST, EAST, 0.0, 1.0)]
    return found([EAST, NORTH], {BRAND.clause: has}, categories=categories, senses=senses)


def test_a_value_that_the_nearest_have_stands_with_its_evidence() -> None:
    """The share of the vote is told."""
    told = heard(_lamp(), _near(1.0, 0.0), about=True)
    assert (told.named, len(told.query.entities)) == ((BRAND,), 1)
    entity, category = told.query.findings
    assert (entity.kind, entity.effect) == ("brand", GAIN)
    assert entity.source == "catalogue; 100% of the nearest products have it"
    assert category.source == "the nearest products: 100% in 'Home'"


def test_a_value_that_only_distant_products_have_is_not_meant() -> None:
    """It falls, as an entity, too, and its evidence says why."""
    told = heard(_lamp(), _near(0.0, 1.0), about=False)
    assert (told.named, told.query.entities, told.categories) == ((), (), {})
    (entity,) = told.query.findings
    assert (entity.kind, entity.effect) == ("perhaps brand", "")
    assert entity.source == "catalogue; 0% of the nearest products have it"


def test_a_condition_is_not_put_to_the_vote() -> None:
    """Every candidate meets it."""
    finding = heard(
        _lamp("only products that have it"), _near(0.0, 1.0), about=True
    ).query.findings[0]
    assert (finding.source, finding.effect) == ("catalogue", "only products that have it")


def test_what_the_encoder_cannot_read_is_left_to_the_words() -> None:
    """Nobody votes: what is near to a vector of nonsense says nothing."""
    told = heard(replace(_lamp(), legibility=0.3), _near(0.0, 1.0), about=True)
    assert (told.named, told.categories) == ((BRAND,), {})
    assert [one.source for one in told.query.findings] == ["catalogue"]
