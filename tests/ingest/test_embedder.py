from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.encoder import Encoder, Tokens
from connector.encoder.tokens import pack
from connector.errors import DeviceLostError
from connector.model import identify
from connector.settings import EncoderSettings
from ingest.embedder import Embedder
from ingest.vector_cache import Vector, VectorCache
from ingest.vectors import vectors_of

SOME = st.lists(st.text("abc ", min_size=1, max_size=3), min_size=1, max_size=20, unique=True)


class Letters:
    """A model that reads texts by letters, and fails as no real one can be asked to."""

    def __init__(self, *poison: str, fault: Exception | None = None) -> None:
        self.poison, self.fault = set(poison), fault or RuntimeError("no kernel")
        self.embedded: list[str] = []

    budget = 4096

    def tokenise(self, texts: Sequence[str], /) -> Tokens:
        """Give a letter's number for each letter; white space is nothing."""
        if "unreadable" in texts:
            raise TypeError("not a text")
        rows = [(row, list(map(ord, text)) or [0]) for row, text in enumerate(texts)]
        return pack(rows, [not text.strip() for text in texts], [False] * len(texts))

    def encode(self, tokens: Tokens, /) -> Vector:
        """Return each text's first letter and length, or fail."""
        ends = np.cumsum(tokens.lengths)
        rows = [
            tokens.ids[end - size : end] for end, size in zip(ends, tokens.lengths, strict=True)
        ]
        texts = ["".join(map(chr, row)) for row in rows]
        self.embedded += texts
        if self.poison & set(texts):
            raise self.fault
        vectors = np.array([[ord(text[0]), len(text)] for text in texts], np.float32)
        return tokens.pool(vectors.reshape(-1, 2))


def _embedder(model: Letters, limit: int = 1_000_000) -> Embedder:
    return Embedder(lambda: model, VectorCache(limit))


@given(SOME, st.data())
def test_only_the_failing_texts_stay_without_vectors(texts: list[str], data: st.DataObject) -> None:
    """A text that the model cannot take costs none of its neighbours its vector."""
    poison = data.draw(st.sets(st.sampled_from(texts)))
    embedder = _embedder(Letters(*poison))
    known = embedder.embed(embedder.read(texts)).vectors
    for text in texts:
        vectors = vectors_of({"t": text}, known)
        if not text.strip():
            assert vectors == {}
        elif text in poison:
            assert vectors is None
        else:
            assert vectors is not None
            assert list(vectors["t"]) == [ord(text[0]), len(text)]


def test_a_text_is_embedded_once_across_batches() -> None:
    """What a former batch had is remembered, and what it had under way is not embedded twice."""
    model = Letters()
    embedder = _embedder(model)
    first, second = embedder.read(["shoe", "hat"]), embedder.read(["hat", "coat"])
    assert embedder.embed(first).texts == 2
    assert embedder.embed(second).texts == 1
    third = embedder.read(["coat", "shoe"])
    assert third.tokens is None
    assert third.nbytes == third.cut == 0
    assert (first.reused, third.reused) == (0, 2)
    assert embedder.embed(third).vectors.keys() == {"coat", "shoe"}
    assert sorted(model.embedded) == ["coat", "hat", "shoe"]


def test_the_work_of_the_model_is_told() -> None:
    """Texts and tokens that went through the model, and nothing that was remembered."""
    embedder = _embedder(Letters())
    reading = embedder.read(["shoe", "hat", " "])
    assert reading.nbytes > 0
    done = embedder.embed(reading)
    assert (done.texts, done.tokens, done.padded) == (2, 7, 8)
    assert done.seconds > 0


def test_the_model_is_loaded_when_a_text_needs_it() -> None:
    """A run of deletes and prices never loads it."""

    def load() -> Letters:
        raise AssertionError("loaded")

    embedder = Embedder(load, VectorCache(0))
    assert embedder.embed(embedder.read([])).vectors == {}


def test_a_text_that_cannot_be_tokenised_fails_alone() -> None:
    """The tokenizer's faults are kept apart like the model's."""
    embedder = _embedder(Letters())
    known = embedder.embed(embedder.read(["unreadable", "shoe"])).vectors
    assert known.keys() == {"shoe"}


def test_a_lost_device_is_no_fault_of_a_text() -> None:
    """The run ends, to be started again, instead of writing every product without a vector."""
    embedder = _embedder(Letters("shoe", fault=DeviceLostError("cuda:0 is gone")))
    with pytest.raises(DeviceLostError):
        embedder.embed(embedder.read(["hat", "shoe"]))


def test_a_vector_that_is_not_finite_counts_as_failed() -> None:
    """Nothing that JSON cannot carry is ever written or remembered."""

    class Broken(Letters):
        def encode(self, tokens: Tokens, /) -> Vector:
            """Return a number for the first text alone."""
            vectors = super().encode(tokens)
            vectors[1:] = np.nan
            return vectors

    embedder = _embedder(Broken())
    assert embedder.embed(embedder.read(["hat", "shoe"])).vectors.keys() == {"hat"}
    assert embedder.read(["hat", "shoe"]).texts == ["shoe"]


def test_a_real_model_embeds_in_two_steps_what_it_embeds_in_one(tiny_model: Path) -> None:
    """Congruence of the double above: the real encoder keeps the same promises."""
    encoder = Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu"))
    embedder = Embedder(lambda: encoder, VectorCache(1_000_000))
    texts = ["shoe", "\u200b", "a long coat"]
    known = embedder.embed(embedder.read(texts)).vectors
    assert known["\u200b"] is None
    for text in ("shoe", "a long coat"):
        vector = known[text]
        assert vector is not None
        assert float(vector @ encoder.encode_documents([text])[0]) > 0.999
