"""A real sentence-transformers model, small enough to be made and run in a moment."""

import json
from pathlib import Path
from typing import Any

import pytest

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a two-layer BERT with 32 dimensions that reads text letter by letter."""
    return build(tmp_path_factory.mktemp("tiny-model"))


def configure(file: Path, **values: object) -> None:
    """Change values in one of a model's files of configuration."""
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **values}), "utf-8")


# What architectures have in common; what a test says besides comes before it.
SHAPE: dict[str, Any] = {
    "vocab_size": 5 + 2 * len(LETTERS),
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
}


def build(
    folder: Path,
    seed: int = 7,
    architecture: str = "Bert",
    pooling: str = "mean",
    **more: Any,
) -> Path:
    """Make the model in an empty folder, the same for everybody; return its own folder.

    Another seed makes other weights of the same shape.

    Args:
        folder: empty.
        seed: of the weights.
        architecture: of the library's, as its classes are called.
        pooling: of the library's; with `lasttoken` texts are padded on the left.
        more: of the architecture's configuration.
    """
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    bare = folder / "bare"
    bare.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    vocabulary += [f"##{letter}" for letter in LETTERS]
    (bare / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    torch.manual_seed(seed)
    config = getattr(transformers, f"{architecture}Config")(**{**SHAPE, **more})
    made = getattr(transformers, f"{architecture}Model")(config)
    made.save_pretrained(bare, safe_serialization=True)
    tokenizer = transformers.BertTokenizerFast(
        str(bare / "vocab.txt"),
        padding_side="left" if pooling == "lasttoken" else "right",
        model_input_names=["input_ids", "attention_mask"],
    )
    tokenizer.save_pretrained(bare)
    modules = [
        Transformer(str(bare), max_seq_length=128),
        Pooling(SHAPE["hidden_size"], pooling_mode=pooling),
        Normalize(),
    ]
    model = SentenceTransformer(modules=modules, device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"
