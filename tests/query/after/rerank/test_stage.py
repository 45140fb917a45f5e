from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.rankings import ranking, rankings

from connector.errors import ClusterUnavailableError, EncoderError
from query.after.rerank.reranking import Reranking
from query.after.rerank.stage import Rerank, blended
from query.ranking import Floats, Ranking

READS = {"kind": "late-interaction", "text": "{title}"}


class Clock:
    """Time that passes only when somebody says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell it."""
        return self.now


class Reader:
    """Scores a text by the number in it; each call takes some milliseconds of the clock."""

    def __init__(self, clock: Clock, ms: float = 0.0) -> None:
        self._clock, self._ms = clock, ms
        self.read: list[str] = []

    def load(self) -> None:
        """Take a minute."""
        self._clock.now += 60.0

    def score(self, query: str, texts: Sequence[str]) -> Floats:
        """Return the last word of each text as a number."""
        assert query == "q"
        self._clock.now += self._ms / 1000
        self.read += texts
        return np.array([float(text.split()[-1]) for text in texts], np.float32)


def titles(ids: Sequence[str], names: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return each product's title: its number over a hundred, so that the last is the best."""
    assert list(names) == ["title"]
    return [{"title": f"tent {int(id_[1:]) / 100}"} for id_ in ids]


def reranked(before: Ranking, ms: float = 0.0, *, patient: bool = False, **rules: Any) -> Ranking:
    """Rerank with a reader that takes its time."""
    clock = Clock()
    made = Reranking.model_validate({**READS, **rules})
    return Rerank(made, Reader(clock, ms), titles, patient=patient, clock=clock)("q", before)


FORTY = {f"p{number:02}": 0.9 - number / 100 for number in range(40)}


@given(before=rankings(), weight=st.floats(0.01, 1), depth=st.integers(2, 15))
def test_first_hits_are_put_in_another_order(before: Ranking, weight: float, depth: int) -> None:
    """Scores stay descending, the set of the first hits stays, and the amounts tell the rest."""
    after = reranked(before, weight=weight, depth=depth)
    assert set(after.ids[:depth]) == set(before.ids[:depth])
    assert after.ids[depth:] == before.ids[depth:]
    assert list(after.scores) == sorted(after.scores, reverse=True)
    told = {one.id: one for one in after.adjustments}
    for row, id_ in enumerate(after.ids):
        was = before.ids.index(id_)
        amount = told[id_].amount if id_ in told else 0.0
        assert after.scores[row] == pytest.approx(before.scores[was] + amount, abs=1e-6)
        if id_ in told:
            assert (told[id_].before, told[id_].after) == (was + 1, row + 1)


def test_blend_is_a_weighted_mean() -> None:
    """A quarter of the model's score and three quarters of the first."""
    scores = blended(np.array([0.8, 0.4], np.float32), np.array([0.2, 1.0]), 0.25)
    assert scores.tolist() == pytest.approx([0.65, 0.55])


def test_read_products_stay_above_those_that_were_not() -> None:
    """All are raised by the same amount when the least would fall below."""
    scores = blended(np.array([0.8, 0.7, 0.6], np.float32), np.array([0.1, 0.3]), 1.0)
    assert scores.tolist() == pytest.approx([0.6, 0.8, 0.6])


def test_product_without_a_text_keeps_its_score() -> None:
    """The model has nothing to say of it."""
    before = ranking({"p01": 0.8, "p02": 0.7})
    stage = Rerank(
        Reranking.model_validate({**READS, "weight": 1}),
        Reader(Clock()),
        lambda _ids, _names: [{}, {"title": "tent 0.9"}],
    )
    after = stage("q", before)
    assert after.ids == ("p02", "p01")
    assert after.scores.tolist() == pytest.approx([0.9, 0.8])
    assert [one.reason for one in after.adjustments] == ["model 0.900", "nothing to read"]


@pytest.mark.parametrize("gone", [{}, {"title": "", "brand": None}, {"title": " ", "brand": []}])
def test_what_stands_between_missing_fields_is_not_read(gone: Mapping[str, Any]) -> None:
    """A product that has neither title nor brand has no text: "Sold by: ." is none."""
    before = ranking({"p01": 0.8, "p02": 0.7})
    text = "{title}. Sold by: {brand}. 0.9"
    stage = Rerank(
        Reranking.model_validate({"kind": "late-interaction", "text": text, "weight": 1}),
        Reader(Clock()),
        lambda _ids, _names: [gone, {"brand": "Acme"}],
    )
    after = stage("q", before)
    assert after.ids == ("p02", "p01")
    assert [one.reason for one in after.adjustments] == ["model 0.900", "nothing to read"]


def test_by_field_is_the_weighted_mean_over_the_fields_there_are() -> None:
    """A product without a description is judged by its title alone."""
    before = ranking({"p01": 0.8, "p02": 0.7})
    fields = {"title": 3.0, "description": 1.0}
    stage = Rerank(
        Reranking.model_validate({"kind": "late-interaction", "fields": fields, "weight": 1}),
        Reader(Clock()),
        lambda _ids, _names: [{"title": "a 0.4", "description": "b 0.8"}, {"title": "c 0.4"}],
    )
    assert stage("q", before).scores.tolist() == pytest.approx([0.5, 0.4])


def test_only_the_ratio_of_the_fields_weights_counts() -> None:
    """A weight of next to nothing, alone, is as good as 1."""
    before = ranking({"p01": 0.8, "p02": 0.7})
    stage = Rerank(
        Reranking.model_validate(
            {"kind": "late-interaction", "fields": {"title": 1e-12}, "weight": 1}
        ),
        Reader(Clock()),
        lambda _ids, _names: [{"title": "a 0.4"}, {"title": "c 0.2"}],
    )
    assert stage("q", before).scores.tolist() == pytest.approx([0.4, 0.2])


def test_loading_is_not_part_of_the_budget() -> None:
    """A minute for the model, and the search is still reranked."""
    assert reranked(ranking(FORTY), ms=10, budget_ms=100, weight=1).ids[0] == "p29"


@pytest.mark.parametrize("budget", [35.0, 1.0])
def test_ranking_stands_when_the_budget_is_spent(budget: float) -> None:
    """Four batches of 10 ms do not fit: nothing is changed, and a note says so."""
    before = ranking(FORTY)
    after = reranked(before, ms=10, budget_ms=budget)
    assert after.ids == before.ids
    assert after.adjustments == ()
    assert after.notes == (f"not reranked: {budget:g} ms were not enough",)


def test_next_batch_is_not_begun_when_it_cannot_end_in_time() -> None:
    """The slowest batch so far tells what the next may take."""
    clock = Clock()
    reader = Reader(clock, 10)
    rules = Reranking.model_validate({**READS, "budget_ms": 35})
    Rerank(rules, reader, titles, clock=clock)("q", ranking(FORTY))
    assert len(reader.read) == 24


def test_patient_search_has_no_budget() -> None:
    """Pages of a cursor agree only when all of them are reranked."""
    after = reranked(ranking(FORTY), ms=1000, patient=True, weight=1)
    assert after.ids[0] == "p29"


@pytest.mark.parametrize("fault", [EncoderError("no weights"), ClusterUnavailableError("gone")])
def test_ranking_stands_when_something_fails(fault: Exception) -> None:
    """A search is not worth less than one without a reranker."""

    def failing(_ids: Sequence[str], _names: Sequence[str]) -> list[Mapping[str, Any]]:
        raise fault

    before = ranking(FORTY)
    after = Rerank(Reranking.model_validate(READS), Reader(Clock()), failing)("q", before)
    assert after.ids == before.ids
    assert after.notes == (f"not reranked: {fault}",)
