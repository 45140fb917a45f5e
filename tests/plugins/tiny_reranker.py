"""A real cross-encoder, small enough to be made and run in a moment."""

from pathlib import Path

import pytest
from plugins.tiny_model import LETTERS


def make(folder: Path, outputs: int = 1) -> Path:
    """Write a two-layer BERT with random weights that reads two texts letter by letter."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    vocabulary += [f"##{letter}" for letter in LETTERS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        # Far from what training starts with, so that texts have different scores.
        initializer_range=1.0,
        num_labels=outputs,
    )
    BertForSequenceClassification(config).save_pretrained(folder, safe_serialization=True)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_reranker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a cross-encoder as older releases of sentence-transformers leave it."""
    return make(tmp_path_factory.mktemp("tiny-reranker"))
