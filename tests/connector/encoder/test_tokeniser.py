from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from connector.encoder import Encoder
from connector.encoder.tokeniser import Tokeniser
from connector.errors import EncoderError
from connector.model import identify
from connector.settings import EncoderSettings

WINDOW = 12


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Any:
    """A model that reads letter by letter."""
    encoder = Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu"))
    return encoder._network.model


@pytest.fixture
def tokeniser(model: Any) -> Tokeniser:
    """Its tokenizer with a window of a few letters."""
    return Tokeniser(model, "tiny", WINDOW)


def _read(tokeniser: Tokeniser, text: str, prompt: str = "", *, chunk: bool = False) -> list[str]:
    tokens = tokeniser.read([text], prompt, chunk=chunk)
    ends = np.cumsum(tokens.lengths)
    rows = [tokens.ids[end - length : end] for end, length in zip(ends, tokens.lengths)]  # noqa: B905
    return [str(tokeniser._tokenizer.decode(row, skip_special_tokens=True)) for row in rows]


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "\x00"])
@pytest.mark.parametrize("prompt", ["", "passage "])
def test_a_text_without_a_token_of_its_own_is_wordless(
    tokeniser: Tokeniser, text: str, prompt: str
) -> None:
    """White space and control characters are no text, behind a prompt neither."""
    tokens = tokeniser.read([text, "a", "羽"], prompt)
    assert list(tokens.wordless) == [True, False, False]


def test_a_text_beyond_the_window_is_cut_and_counted(tokeniser: Tokeniser) -> None:
    """Ten letters fit beside the two marks; the eleventh is left out and the text is marked."""
    tokens = tokeniser.read(["abcdefghij", "abcdefghijk"], "")
    assert list(tokens.cut) == [False, True]
    assert list(tokens.lengths) == [WINDOW, WINDOW]


def test_a_long_text_is_read_in_pieces_that_end_where_words_do(tokeniser: Tokeniser) -> None:
    """No word is lost or torn, and every piece fits the window with its prompt."""
    text = "red shoe size ten with a lace"
    assert sorted(" ".join(_read(tokeniser, text, chunk=True)).split()) == sorted(text.split())
    pieces = _read(tokeniser, text, "say ", chunk=True)
    assert all(piece.startswith("say ") for piece in pieces)
    assert sorted(" ".join(pieces).replace("say ", "").split()) == sorted(text.split())


def test_a_word_longer_than_the_window_is_torn_where_it_must_be(tokeniser: Tokeniser) -> None:
    """Every letter is read."""
    pieces = _read(tokeniser, "a" * 25, chunk=True)
    assert sum(map(len, pieces)) == 25


def test_texts_that_fit_are_read_alike_in_both_ways(tokeniser: Tokeniser) -> None:
    """Reading in pieces changes long texts alone."""
    texts = ["red", "a shoe", ""]
    whole, pieces = tokeniser.read(texts, "x "), tokeniser.read(texts, "x ", chunk=True)
    assert np.array_equal(whole.ids, pieces.ids)
    assert np.array_equal(whole.owners, pieces.owners)


def test_no_texts_are_no_tokens(tokeniser: Tokeniser) -> None:
    """An empty batch has no rows."""
    assert len(tokeniser.read([], "passage ")) == 0


def test_a_model_that_does_not_read_plain_text_is_refused(model: Any) -> None:
    """A chat template would be left out silently; the model is not taken."""
    chat = SimpleNamespace(modality_config={"text": {}, "message": {}})

    class Chatty:
        tokenizer = model.tokenizer

        def __getitem__(self, _: int) -> object:
            return chat

    with pytest.raises(EncoderError, match="chat"):
        Tokeniser(Chatty(), "chatty", WINDOW)  # type: ignore[arg-type]
