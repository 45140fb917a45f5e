from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.vectors import Vector, distinct, embed, vectors_of


class Poisoned:
    """A model that fails on some texts, as no real one can be asked to."""

    def __init__(self, *poison: str) -> None:
        self.poison = set(poison)

    def encode_documents(self, texts: Sequence[str]) -> Vector:
        """Return ones, or fail."""
        if self.poison & set(texts):
            raise RuntimeError("device lost")
        return np.ones((len(texts), 3), np.float32)


def test_equal_texts_are_embedded_once_and_empty_ones_never() -> None:
    """The model's work is counted by distinct texts."""
    products = [{"t": "shoe", "b": "shoe red"}, {"t": "shoe", "b": ""}]
    assert distinct(products) == ["shoe", "shoe red"]
    assert vectors_of(products[1], embed(Poisoned(), ["shoe"])).keys() == {"t"}  # type: ignore[union-attr]


@given(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=20, unique=True), st.data())
def test_only_the_failing_texts_stay_without_vectors(texts: list[str], data: st.DataObject) -> None:
    """A text that the model cannot take costs none of its neighbours its vector."""
    poison = data.draw(st.sets(st.sampled_from(texts)))
    known = embed(Poisoned(*poison), texts)
    assert known.keys() == set(texts) - poison
    for text in texts:
        assert (vectors_of({"t": text}, known) is None) == (text in poison)


def test_a_vector_that_is_not_finite_counts_as_failed() -> None:
    """Nothing that JSON cannot carry is ever written."""

    class Broken(Poisoned):
        def encode_documents(self, texts: Sequence[str]) -> Vector:
            """Return what is no number."""
            return np.full((len(texts), 3), np.nan, np.float32)

    assert embed(Broken(), ["shoe"]) == {}
