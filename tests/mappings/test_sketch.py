import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings.sketch import Vectors, read, sketch


def unit(dimension: int, seed: int) -> Vectors:
    """Return a random vector of length 1."""
    drawn = np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


@given(st.integers(200, 1024), st.integers(0, 10**6))
@example(200, 255702)
def test_a_cosine_read_from_a_sketch_is_close(dimension: int, seed: int) -> None:
    """Four bits a number keep the cosine to any direction within some hundredths.

    Numbers far out are cut off, which makes the whole shorter: searches look at directions, but
    subtract the products' mean first, so that the length may not be far off either.
    """
    vector, other = unit(dimension, seed), unit(dimension, seed + 1)
    (back,) = read([sketch([vector])], dimension)
    length = float(np.linalg.norm(back))
    assert length == pytest.approx(1.0, abs=0.1)
    assert abs(float(back @ other) / length - float(vector @ other)) < 0.06


def test_a_sketch_is_of_the_mean_of_a_products_vectors() -> None:
    """The cosine to it is the mean of the cosines to each."""
    one, two, query = unit(384, 1), unit(384, 2), unit(384, 3)
    (back,) = read([sketch([one, two])], 384)
    assert float(back @ query) == pytest.approx(float((one + two) @ query) / 2, abs=0.02)


def test_384_numbers_take_260_characters() -> None:
    """So a page of candidates stays small."""
    assert len(sketch([unit(384, 1)])) == 260


@pytest.mark.parametrize("dimension", [1, 2, 3, 7, 8, 383, 384])
def test_every_dimension_is_read_back(dimension: int) -> None:
    """Odd ones too, alone and among others."""
    drawn = [unit(dimension, seed) for seed in range(3)]
    together = read([sketch([each]) for each in drawn], dimension)
    alone = [read([sketch([each])], dimension)[0] for each in drawn]
    assert together.shape == (3, dimension)
    assert np.array_equal(together, np.stack(alone))


def test_a_product_without_vectors_reads_as_zeros() -> None:
    """Also where no product has any."""
    found = read([None, sketch([unit(8, 1)]), None], 8)
    assert not found[0].any()
    assert found[1].any()
    assert not read([None], 8).any()
    assert read([], 8).shape == (0, 8)


@pytest.mark.parametrize("dimension", [1, 2, 3, 8, 384])
def test_what_has_no_direction_reads_as_zeros(dimension: int) -> None:
    """A vector of zeros, and two opposite ones, say as little as no vector."""
    one, nothing = unit(dimension, 1), np.zeros(dimension, np.float32)
    assert not read([sketch([nothing])], dimension).any()
    assert not read([sketch([one, -one])], dimension).any()


@pytest.mark.parametrize("dimension", [1, 2, 3, 8, 384])
def test_equal_numbers_keep_their_direction(dimension: int) -> None:
    """They do not deviate from one another, and are not nothing."""
    even = np.full(dimension, -1 / np.sqrt(dimension), np.float32)
    (back,) = read([sketch([even])], dimension)
    assert float(back @ even) / np.linalg.norm(back) == pytest.approx(1.0)


@given(st.integers(8, 1024), st.integers(0, 10**6))
def test_a_sketch_points_where_the_vector_does(dimension: int, seed: int) -> None:
    """Its cosine to the vector itself is nearly 1, however many numbers there are."""
    vector = unit(dimension, seed)
    (back,) = read([sketch([vector])], dimension)
    assert float(back @ vector) / np.linalg.norm(back) > 0.96
