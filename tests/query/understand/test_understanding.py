import threading
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from plugins.shelf import catalogue, titled

from connector.settings import SearchSettings
from query.understand.compile import compiled
from query.understand.interpretation import understand
from query.understand.lexicon import Lexicon
from query.understand.understanding import Asks, Understanding

CATALOGUE = catalogue()
LEXICON = compiled(titled("red sofa", times=8), CATALOGUE)
ASKS = Asks(lambda _: True, lambda *_: (0, None))


def test_steps_are_the_same_object_until_a_rule_changes(tmp_path: Path) -> None:
    """Who remembers what they made of a text goes by that; only the synonyms are made anew."""
    ticks = count()
    settings = SearchSettings(synonyms=tmp_path)
    made = Understanding(CATALOGUE, settings, lambda: LEXICON, ASKS, lambda: float(next(ticks)))
    before = made.steps()
    assert made.steps() is before
    (tmp_path / "curated.txt").write_text("sofa, couch", "utf-8")
    after = made.steps()
    assert (made.steps() is after, after is before) == (True, False)
    changed = [new.name for new, old in zip(after, before, strict=True) if new is not old]
    assert changed == ["synonyms"]
    assert [one.text for one in understand("sofa", after).alternatives] == ["couch"]
    assert understand("sofa", before).alternatives == ()


@pytest.mark.parametrize(("products", "again"), [(0, 1), (999, 1), (1000, 0)])
def test_few_products_are_read_again_after_a_minute(products: int, again: int) -> None:
    """Who opened an index while it was being filled understands queries soon after."""
    now, read = [0.0], threading.Event()
    mined: list[float] = []

    def lexicon() -> Lexicon:
        mined.append(now[0])
        if now[0]:
            read.set()
        return replace(LEXICON, products=products)

    made = Understanding(CATALOGUE, SearchSettings(), lexicon, ASKS, lambda: now[0])
    made.steps()
    now[0] = 60.0
    made.steps()
    now[0] = 60.1
    made.steps()
    assert read.wait(60 if again else 0.2) is bool(again)
    assert mined == [0.0, *[60.1] * again]
