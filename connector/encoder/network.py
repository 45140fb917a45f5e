"""The forward pass: packed tokens go to the device once, vectors come back once."""

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from connector.encoder.device import current
from connector.encoder.tokens import Tokens, Vectors
from connector.encoder.traced import MOST_TOKENS, Run, traced
from connector.errors import DeviceLostError, RetryLaterError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


class Network:
    """A model on its device.

    Args:
        model: in evaluation mode.
        pad: token that fills a row up.
        pads_left: whether it is filled up before the text.
        given_up: when set, nothing more is computed.
    """

    def __init__(
        self, model: "SentenceTransformer", pad: int, pads_left: bool, given_up: threading.Event
    ) -> None:
        self.model = model
        self._pad, self._pads_left = pad, pads_left
        self._given_up = given_up
        self._run: Run = self._called

    @property
    def precise(self) -> bool:
        """Whether a second try elsewhere could not be any better: float32 on the processor."""
        parameter = next(self.model.parameters())
        return parameter.device.type == "cpu" and str(parameter.dtype) == "torch.float32"

    def forward(self, tokens: Tokens, budget: int) -> Vectors:
        """Return a vector a row: float32 (rows, dimension), length 1, NaN where it has none.

        Nothing is waited for between micro-batches: while the device computes one, the next is
        laid out and queued.

        Raises:
            RetryLaterError: it was given up.
            DeviceLostError: the device failed in a way that only a new process recovers from.
            torch.OutOfMemoryError: a micro-batch of `budget` tokens does not fit.
        """
        import torch

        try:
            # Pinned pages are made on the thread's current device: another's would get a context.
            with torch.inference_mode(), current(self.model.device):
                return self._forward(tokens, budget)
        except torch.AcceleratorError as error:
            raise DeviceLostError(
                f"{self.model.device} failed and does not recover within this process "
                f"({' '.join(str(error).split())[:160]}); start it again"
            ) from error

    def trace(self, samples: Sequence[Tokens]) -> None:
        """Compute few tokens faster from now on, where it can be done; see `traced`.

        Args:
            samples: of what will be computed; the first a batch with padding.
        """
        import torch

        if self.model.device.type == "cpu":
            with torch.inference_mode():
                pages = [page for one in samples for _, page in self._pages(one, MOST_TOKENS)]
                self._run = traced(self._called, pages)

    def _forward(self, tokens: Tokens, budget: int) -> Vectors:
        import torch

        pinned = self._pinned
        size = int(self.model.get_embedding_dimension() or 0)
        found = torch.empty((len(tokens.lengths), size), dtype=torch.float32, pin_memory=pinned)
        for rows, features in self._pages(tokens, budget):
            if self._given_up.is_set():
                raise RetryLaterError("embedding was given up before its end")
            found[rows].copy_(self._run(features), non_blocking=pinned)
        if pinned:
            torch.cuda.current_stream(self.model.device).synchronize()
        array: Vectors = found.numpy()
        return array

    def _called(self, features: dict[str, Any]) -> "torch.Tensor":
        """Return the vectors of a page, float32 (rows, dimension), length 1."""
        import torch

        vectors: torch.Tensor = self.model(features)["sentence_embedding"].float()
        lengths: torch.Tensor = torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
        return vectors / lengths

    @property
    def _pinned(self) -> bool:
        return self.model.device.type == "cuda"

    def _pages(self, tokens: Tokens, budget: int) -> Iterator[tuple[slice, dict[str, Any]]]:
        """Yield the rows of each micro-batch, and their page as the model wants it."""
        begins = np.concatenate([[0], np.cumsum(tokens.lengths, dtype=np.int64)])
        for rows in tokens.micro_batches(budget):
            lengths = tokens.lengths[rows]
            ids = tokens.ids[begins[rows.start] : begins[rows.stop]]
            page = self._page(ids, lengths, self._pinned)
            page = page.to(self.model.device, non_blocking=self._pinned)
            yield rows, {**self._features(page, lengths), "prompt_length": tokens.prompt_length}

    def _page(
        self, ids: NDArray[np.int32], lengths: NDArray[np.int32], pinned: bool
    ) -> "torch.Tensor":
        """Lay rows out on one page, int32 (rows, width + 1): padded tokens, then the length."""
        import torch

        width = int(lengths[0])
        page = torch.empty((len(lengths), width + 1), dtype=torch.int32, pin_memory=pinned)
        array = page.numpy()
        array[:, :width] = self._pad
        array[:, :width][self._places(np.arange(width), lengths[:, None], width)] = ids
        array[:, width] = lengths
        return page

    def _features(self, page: "torch.Tensor", lengths: NDArray[np.int32]) -> dict[str, Any]:
        """Return a page as the model wants it; rows of equal length need no mask."""
        import torch

        width = page.shape[1] - 1
        features: dict[str, Any] = {"input_ids": page[:, :width].long()}
        if lengths[-1] < width:
            places = torch.arange(width, device=page.device)
            features["attention_mask"] = self._places(places, page[:, width:], width).long()
        return features

    def _places(self, places: Any, lengths: Any, width: int) -> Any:
        """Return which places of a page hold tokens, bool (rows, width)."""
        return places >= width - lengths if self._pads_left else places < lengths
