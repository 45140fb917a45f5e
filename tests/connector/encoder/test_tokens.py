import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from connector.encoder.tokens import Tokens, pack

lengths = st.lists(st.integers(1, 40), max_size=30)


def tokens_of(counts: list[int]) -> Tokens:
    """Texts of so many tokens each; a token's number is that of its text."""
    rows = [(text, [text] * count) for text, count in enumerate(counts)]
    return pack(rows, [False] * len(counts), [False] * len(counts))


@given(lengths, st.integers(1, 200))
def test_every_row_is_in_one_micro_batch_within_the_budget(counts: list[int], budget: int) -> None:
    """Micro-batches cover all rows, longest first, and exceed the budget only by a lone row."""
    tokens = tokens_of(counts)
    batches = list(tokens.micro_batches(budget))
    rows = [row for batch in batches for row in range(batch.start, batch.stop)]
    assert rows == list(range(len(counts)))
    assert list(tokens.lengths) == sorted(counts, reverse=True)
    for batch in batches:
        size = int(tokens.lengths[batch.start]) * (batch.stop - batch.start)
        assert size <= budget or batch.stop - batch.start == 1


@given(lengths, st.data())
def test_selected_texts_keep_their_tokens_and_their_order(
    counts: list[int], data: st.DataObject
) -> None:
    """Some of the texts are what tokenising only them would have given."""
    keep = data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts)))
    found = tokens_of(counts).select(np.array(keep, bool))
    kept = [count for count, is_kept in zip(counts, keep, strict=True) if is_kept]
    right = tokens_of(kept)
    assert list(found.lengths) == list(right.lengths)
    assert len(found) == len(kept)
    assert list(found.lengths[np.argsort(found.owners)]) == kept
    assert len(found.ids) == sum(kept)
    assert found.nbytes <= tokens_of(counts).nbytes


def test_padding_is_counted() -> None:
    """The padded count is what the device computes: width times rows of each micro-batch."""
    tokens = tokens_of([4, 2, 3, 1])
    assert tokens.padded(100) == 16
    assert tokens.padded(8) == 4 * 2 + 2 * 2
    assert tokens.padded(1) == len(tokens.ids) == 10


def test_a_text_in_pieces_gets_the_mean_of_theirs_weighted_by_their_tokens() -> None:
    """Pooling leaves whole texts alone and gives length 1."""
    tokens = pack([(0, [1, 1]), (1, [2, 2, 2]), (1, [2])], [False] * 2, [False, True])
    rows = np.array([[1, 0] if owner == 0 else [0, 1] for owner in tokens.owners], np.float32)
    rows[list(tokens.lengths).index(1)] = [1, 0]
    pooled = tokens.pool(rows)
    assert np.allclose(pooled[0], [1, 0])
    assert np.allclose(pooled[1], np.array([1, 3]) / np.sqrt(10))
