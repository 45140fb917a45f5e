from pathlib import Path

import numpy as np
import pytest

from connector.encoder import Encoder
from connector.model import identify
from connector.settings import EncoderSettings
from query.after.rerank.late_interaction import LateInteraction


@pytest.fixture(scope="module")
def encoder(tiny_model: Path) -> Encoder:
    """Return a small real model."""
    return Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu", dtype="float32"))


def test_token_vectors_are_the_models_own(encoder: Encoder) -> None:
    """One of length 1 per token, without the marks at the ends, padding left out."""
    short, long = encoder.encode_tokens(["ab", "abcd ef"], "")
    assert short.shape == (2, 32)
    assert long.shape == (6, 32)
    assert np.allclose(np.linalg.norm(long, axis=1), 1, atol=1e-5)


def test_text_that_repeats_the_query_is_best(encoder: Encoder) -> None:
    """Every word of the query finds itself; scores are between 0 and 1."""
    scorer = LateInteraction(lambda: encoder)
    scorer.load()
    scores = scorer.score("red tent", ["red tent", "kettle", "steel 9"])
    assert scores[0] == pytest.approx(1, abs=1e-4)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[0] == scores.max()


def test_text_in_company_scores_as_alone(encoder: Encoder) -> None:
    """Which texts are read together changes nothing."""
    scorer = LateInteraction(lambda: encoder)
    texts = ["blue kettle", "x", "a tent for four people and a dog"]
    together = scorer.score("tent", texts)
    alone = [scorer.score("tent", [text])[0] for text in texts]
    assert np.allclose(together, alone, atol=1e-4)


def test_text_without_a_token_scores_nothing(encoder: Encoder) -> None:
    """There is nothing a word could be like."""
    assert LateInteraction(lambda: encoder).score("tent", [" "]).tolist() == [0.0]
