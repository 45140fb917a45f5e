import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from plugins.tiny_reranker import make

from connector.errors import EncoderError
from connector.settings import EncoderSettings
from query.after.rerank.cross_encoder import CrossEncoderScorer

CPU = EncoderSettings(device="cpu", dtype="float32")
TEXTS = ["red tent", "a blue kettle of steel", "x"]


def test_scores_are_shares(tiny_reranker: Path) -> None:
    """One between 0 and 1 for each text, whatever it was read together with."""
    scorer = CrossEncoderScorer(str(tiny_reranker), None, CPU)
    scores = scorer.score("tent", TEXTS)
    assert scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()
    assert len(set(scores.tolist())) == 3
    alone = [scorer.score("tent", [text])[0] for text in TEXTS]
    assert np.allclose(scores, alone, atol=1e-4)


def test_saved_by_the_library_of_today(tiny_reranker: Path, tmp_path: Path) -> None:
    """A folder that sentence-transformers wrote itself reads the same."""
    from sentence_transformers import CrossEncoder

    CrossEncoder(str(tiny_reranker), device="cpu", local_files_only=True).save(str(tmp_path))
    old = CrossEncoderScorer(str(tiny_reranker), None, CPU).score("tent", TEXTS)
    assert np.allclose(CrossEncoderScorer(str(tmp_path), None, CPU).score("tent", TEXTS), old)


def test_threads_share_one_model(tiny_reranker: Path) -> None:
    """It is loaded once, and each gets its own scores."""
    scorer = CrossEncoderScorer(str(tiny_reranker), None, CPU)
    found: dict[str, np.ndarray] = {}
    threads = [
        threading.Thread(
            target=lambda text=text: found.update({text: scorer.score("tent", [text])})
        )
        for text in TEXTS
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [scorer.score("tent", [text])[0] for text in TEXTS]
    assert np.allclose([found[text][0] for text in TEXTS], expected, atol=1e-4)


def test_text_beyond_the_models_places_is_told(tiny_reranker: Path, tmp_path: Path) -> None:
    """RoBERTa's first two places are taken: a tokenizer without a length of its own cuts too late."""
    from transformers import RobertaConfig, RobertaForSequenceClassification

    shutil.copytree(tiny_reranker, tmp_path, dirs_exist_ok=True)
    config = RobertaConfig.from_pretrained(str(tiny_reranker))
    RobertaForSequenceClassification(config).save_pretrained(str(tmp_path))
    scorer = CrossEncoderScorer(str(tmp_path), None, CPU)
    assert len(scorer.score("tent", TEXTS)) == len(TEXTS)
    with pytest.raises(EncoderError, match="failed: index out of range"):
        scorer.score("tent", ["red tent " * 100])


def test_model_with_several_outputs_is_no_reranker(tmp_path: Path) -> None:
    """A classifier is refused by its name, and again without being read again."""
    scorer = CrossEncoderScorer(str(make(tmp_path, outputs=3)), None, CPU)
    with pytest.raises(EncoderError, match="has 3 outputs; a reranker has one"):
        scorer.load()
    (tmp_path / "config.json").unlink()
    with pytest.raises(EncoderError, match="has 3 outputs; a reranker has one"):
        scorer.load()


def test_encoder_is_no_reranker(tiny_reranker: Path, tmp_path: Path) -> None:
    """Weights without a classifier would be ranked by one that chance draws anew in each process."""
    from transformers import BertModel

    shutil.copytree(tiny_reranker, tmp_path, dirs_exist_ok=True)
    BertModel.from_pretrained(str(tiny_reranker)).save_pretrained(str(tmp_path))
    with pytest.raises(EncoderError, match=r"is BertModel in its config\.json, an encoder"):
        CrossEncoderScorer(str(tmp_path), None, CPU).load()


def test_pickled_weights_are_not_read(tiny_reranker: Path, tmp_path: Path) -> None:
    """Without safetensors there is no model."""
    for file in tiny_reranker.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderError, match="could not be loaded on cpu"):
        CrossEncoderScorer(str(tmp_path), None, CPU).load()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("./nowhere", "no config.json in nowhere"),
        ("owner/model", "is a hub name: set its revision .* to a commit"),
        ("package:click", "carries no sentence-transformers model"),
    ],
)
def test_model_that_is_not_there(name: str, message: str) -> None:
    """The message says where it was looked for and what to do."""
    with pytest.raises(EncoderError, match=message):
        CrossEncoderScorer(name, None, CPU).load()
