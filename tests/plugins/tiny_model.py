"""A real sentence-transformers model, small enough to be made and run in a moment."""

from pathlib import Path

import pytest

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a two-layer BERT with 32 dimensions that reads text letter by letter."""
    return build(tmp_path_factory.mktemp("tiny-model"))


def build(folder: Path, seed: int = 7) -> Path:
    """Make the model in an empty folder, the same for everybody; return its own folder.

    Another seed makes other weights of the same shape.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    bare = folder / "bare"
    bare.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    vocabulary += [f"##{letter}" for letter in LETTERS]
    (bare / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(bare, safe_serialization=True)
    BertTokenizerFast(str(bare / "vocab.txt")).save_pretrained(bare)
    reader = Transformer(str(bare), max_seq_length=128)
    model = SentenceTransformer(modules=[reader, Pooling(32), Normalize()], device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"
