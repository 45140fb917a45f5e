"""Loads a model's files: safetensors only, no code of the model's own, nothing fetched."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from connector.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Loaded = TypeVar("Loaded")


def load_model(folder: Path, device: str) -> "SentenceTransformer":
    """Load a sentence-transformers model onto a device.

    Raises:
        EncoderError: it cannot be loaded there.
    """
    from sentence_transformers import SentenceTransformer

    return from_folder(SentenceTransformer, f"the model in {folder}", folder, device)


def from_folder(kind: Callable[..., Loaded], what: str, folder: Path, device: str) -> Loaded:
    """Load a model of any kind that sentence-transformers has; `what` names it in an error.

    Raises:
        EncoderError: it cannot be loaded there.
    """
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return kind(
            str(folder),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:
        raise EncoderError(
            f"{what} could not be loaded on {device}: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:200]}"
        ) from error
