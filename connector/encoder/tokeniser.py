"""Reads texts with a model's own tokenizer; threads take turns, for it refuses a second one."""

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from connector.encoder.tokens import Tokens, pack
from connector.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class Tokeniser:
    """Gives what the model's own preprocessing gives, without padding.

    Args:
        model: whose tokenizer it is.
        name: the model's name, for messages.
        window: most tokens of a text that the model reads, its marks and the prompt among them.

    Raises:
        EncoderError: the model reads its texts in another way than by a fast tokenizer.
    """

    def __init__(self, model: "SentenceTransformer", name: str, window: int) -> None:
        tokenizer: Any = model.tokenizer
        reader: Any = model[0]
        if not getattr(tokenizer, "is_fast", False) or "message" in reader.modality_config:
            raise EncoderError(
                f"model {name!r} has no fast tokenizer for plain text (tokenizer.json without a "
                "chat template); take another model"
            )
        self._tokenizer = tokenizer
        self.window = min(window, int(tokenizer.model_max_length))
        self.pad = int(tokenizer.pad_token_id or 0)
        self.pads_left = tokenizer.padding_side == "left"
        self.turn = threading.Lock()

    def read(self, texts: Sequence[str], prompt: str, *, chunk: bool = False) -> Tokens:
        """Tokenise texts, each behind the prompt.

        Args:
            texts: any texts.
            prompt: put before each, and before each piece of a long one.
            chunk: whether a text longer than the window is read in pieces; else it is cut there.
        """
        if not texts:
            return pack([], [], [])
        with self.turn:
            found = self._ids([prompt + text for text in texts])
            cut = [bool(encoding.overflowing) for encoding in found.encodings]
            rows: list[tuple[int, Sequence[int]]] = []
            for text, ids in enumerate(found["input_ids"]):
                pieces = self._pieces(texts[text], prompt) if chunk and cut[text] else [ids]
                rows += [(text, piece) for piece in pieces]
            return pack(rows, self._wordless(texts, found, prompt), cut, self._length(prompt))

    def unknown_share(self, text: str) -> float:
        """Return the share of a text's tokens that the tokenizer has no entry for, 0 to 1."""
        with self.turn:
            ids = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids.count(self._tokenizer.unk_token_id) / len(ids) if ids else 0.0

    def _ids(self, texts: Sequence[str]) -> Any:
        return self._tokenizer(
            list(texts),
            truncation=True,
            max_length=self.window,
            padding=False,
            return_attention_mask=False,
            return_token_type_ids=False,
        )

    def _wordless(self, texts: Sequence[str], found: Any, prompt: str) -> list[bool]:
        """Tell which texts have no token of their own; only the shortest are looked at again."""
        marks = len(self._ids([prompt])["input_ids"][0])
        return [
            len(ids) <= marks and not self._tokenizer(text, add_special_tokens=False)["input_ids"]
            for text, ids in zip(texts, found["input_ids"], strict=True)
        ]

    def _length(self, prompt: str) -> int:
        """Return the prompt's tokens, the tokenizer's mark at the beginning among them."""
        if not prompt:
            return 0
        ids = self._ids([prompt])["input_ids"][0]
        return len(ids) - (ids[-1] in self._tokenizer.all_special_ids)

    def _pieces(self, text: str, prompt: str) -> list[Sequence[int]]:
        marks = len(self._ids([prompt])["input_ids"][0])
        pieces = list(self._split(text, max(1, self.window - marks)))
        found: list[Sequence[int]] = self._ids([prompt + piece for piece in pieces])["input_ids"]
        return found

    def _split(self, text: str, room: int) -> Iterator[str]:
        """Yield the text in pieces of at most `room` tokens that end where words do."""
        [encoding] = self._tokenizer(
            [text], add_special_tokens=False, truncation=False, verbose=False
        ).encodings
        words, places = encoding.word_ids, encoding.offsets
        start = 0
        while start < len(words):
            stop = _end(words, start, room)
            yield text[places[start][0] : places[stop - 1][1]]
            start = stop


def _end(words: Sequence[int | None], start: int, room: int) -> int:
    """Return where a piece that begins at token `start` ends: before the word that has no room."""
    if start + room >= len(words):
        return len(words)
    stop = start + room
    while stop > start and words[stop] == words[stop - 1]:
        stop -= 1
    # A word longer than the window is cut where it must be.
    return stop if stop > start else start + room
