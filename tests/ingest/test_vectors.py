import numpy as np

from ingest.vectors import distinct, vectors_of


def test_equal_texts_are_embedded_once_and_empty_ones_never() -> None:
    """The model's work is counted by distinct texts."""
    products = [{"t": "shoe", "b": "shoe red"}, {"t": "shoe", "b": ""}]
    assert distinct(products) == ["shoe", "shoe red"]


def test_a_product_has_the_vectors_of_its_texts() -> None:
    """An empty text has none, nor one in which the model sees nothing."""
    row = np.ones(3, np.float32)
    found = vectors_of({"t": "shoe", "b": "", "c": "..."}, {"shoe": row, "...": None})
    assert found is not None
    assert found.keys() == {"t"}


def test_a_product_one_of_whose_texts_failed_has_no_vectors() -> None:
    """It is written by its words, and embedded as a whole later."""
    assert vectors_of({"t": "shoe", "b": "hat"}, {"shoe": np.ones(3, np.float32)}) is None
