from collections import Counter

from hypothesis import given
from plugins.rankings import ranking, rankings

from query.after.collapse import Collapse
from query.ranking import Ranking


def collapsed(before: Ranking, *pinned: str) -> Ranking:
    """Collapse by parent."""
    return Collapse("parent", "parent.keyword", lambda _: pinned)("q", before)


@given(before=rankings())
def test_best_of_each_value_stays(before: Ranking) -> None:
    """One product per value is left, the first; those without a value all stay; all are counted."""
    after = collapsed(before)
    values = [
        (cell or [id_])[0]
        for id_, cell in zip(before.ids, before.fields["parent.keyword"], strict=True)
    ]
    best = {value: id_ for id_, value in reversed(list(zip(before.ids, values, strict=True)))}
    assert set(after.ids) == set(best.values())
    counts = Counter(values)
    assert after.others == {best[value]: n - 1 for value, n in counts.items() if n > 1}


def test_pinned_variant_stands_for_the_others() -> None:
    """A person's choice shows the family, whichever variant is more relevant."""
    before = ranking({"a": 0.9, "b": 0.8, "c": 0.7}, {"parent.keyword": [["x"], ["y"], ["x"]]})
    after = collapsed(before, "c")
    assert after.ids == ("b", "c")
    assert after.others == {"c": 1}
    assert [one.reason for one in after.adjustments] == ["variant of c: parent x"]


def test_two_pinned_variants_both_stay() -> None:
    """What is pinned is never collapsed."""
    before = ranking({"a": 0.9, "b": 0.8, "c": 0.7}, {"parent.keyword": [["x"], ["x"], ["x"]]})
    assert collapsed(before, "c", "b").ids == ("b", "c")
