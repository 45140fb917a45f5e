from query.evaluate.ablation import Ablation, ablate
from query.evaluate.judgments import Judgments
from query.evaluate.runs import Run

QUERIES = [f"q{number}" for number in range(8)]
JUDGED = Judgments(dict.fromkeys(QUERIES, "coat"), {query: {"a": 2, "b": 1} for query in QUERIES})


def answers(*products: str) -> dict[str, list[tuple[str, float]]]:
    return {query: [(product, 1.0) for product in products] for query in QUERIES}


def found(**without: Run) -> Ablation:
    return ablate(JUDGED, Run("hybrid", answers("b", "a")), without, ("price",))


def test_a_part_is_judged_by_its_absence() -> None:
    """What makes the ranking worse when it is missing helps, the other way round it loses."""
    ablation = found(
        spelling=Run("spelling", answers("x", "b")),
        synonyms=Run("synonyms", answers("a", "b")),
        negation=Run("negation", answers("b", "a")),
    )
    assert [part.name for part in ablation.parts] == ["spelling", "negation", "synonyms"]
    assert [part.verdict for part in ablation.parts] == ["helps", "no change", "loses"]
    assert [part.changed for part in ablation.parts] == [8, 0, 8]
    assert [part.difference.losses for part in ablation.parts] == [8, 0, 0]
    assert ablation.mean < ablation.parts[-1].mean == 1


def test_what_loses_is_named_with_its_remedy() -> None:
    """The setting that leaves it out keeps what is left out already."""
    ablation = found(synonyms=Run("synonyms", answers("a", "b")))
    assert ablation.losing == ("synonyms",)
    assert ablation.remedy == 'search.quarantined = ["price", "synonyms"]'


def test_within_noise_nothing_is_quarantined() -> None:
    """One query of eight that is better without a part is no reason to leave it out."""
    rankings = answers("b", "a") | {"q0": [("a", 2.0), ("b", 1.0)]}
    ablation = found(synonyms=Run("synonyms", rankings))
    assert (ablation.parts[0].verdict, ablation.parts[0].changed) == ("unclear", 1)
    assert ablation.losing == ()
    assert ablation.remedy is None


def test_a_change_below_the_first_ten_is_none() -> None:
    """Only the first ten hits are compared, in their order, not by their scores."""
    long = [*(f"x{place}" for place in range(10)), "a"]
    whole = Run("hybrid", {query: [(product, 1.0) for product in long] for query in QUERIES})
    other = Run("price", {query: [(product, 0.5) for product in long[:10]] for query in QUERIES})
    assert ablate(JUDGED, whole, {"price": other}).parts[0].verdict == "no change"
