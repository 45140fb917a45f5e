"""A model's forward pass recorded once, and run since as one call that needs no interpreter.

A forward pass over the few tokens of a query is some two hundred calls out of Python: half of its
time, and beside busy threads each of them waits for the interpreter anew.
"""

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

# What a model makes of a page: features as sentence-transformers wants them, to float32 (rows,
# dimension), length 1.
Run = Callable[[dict[str, Any]], "torch.Tensor"]

# Tokens of a page, padding included: with more, Python's share is small.
MOST_TOKENS = 256
# Two batches with the same text differ by 3e-5 of a cosine; a recording must not by much more.
_LEAST_COSINE = 0.9999


def traced(run: Run, samples: Sequence[dict[str, Any]]) -> Run:
    """Return what computes short pages without the interpreter, or `run` where that cannot be.

    A recording holds for other texts only where the model does the same to all of them. So it is
    compared with `run` on every sample, and let go of where it differs or cannot be made.

    Args:
        run: on the processor; called for what is longer, or behind another prompt.
        samples: pages of several shapes, at least one with padding; the first is recorded.
    """
    import torch

    # Deprecated: where it is gone one day, nothing can be recorded.
    jit: Any = getattr(torch, "jit", None)
    prompt_length = samples[0]["prompt_length"]

    class Pass(torch.nn.Module):
        """The forward pass alone; only modules can be frozen."""

        def forward(self, ids: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
            return run({"input_ids": ids, "attention_mask": mask, "prompt_length": prompt_length})

    def short(features: dict[str, Any]) -> "torch.Tensor":
        ids = features["input_ids"]
        if ids.numel() > MOST_TOKENS or features["prompt_length"] != prompt_length:
            return run(features)
        # Compiling for the shapes that come by costs more than it gains.
        with jit.optimized_execution(False):
            found: torch.Tensor = graph(ids, _mask(features))
        return found

    try:
        with warnings.catch_warnings():
            # Of a way that torch no longer develops, and of every number that is fixed: what that
            # does is seen below.
            warnings.simplefilter("ignore")
            first = samples[0]
            example = (first["input_ids"], _mask(first))
            graph = jit.freeze(jit.trace(Pass().eval(), example, check_trace=False))
            same = all(_alike(short(sample), run(sample)) for sample in samples)
    except Exception as error:  # noqa: BLE001 - whatever a model does that cannot be recorded
        log.debug("not recorded, every layer is called: %s: %s", type(error).__name__, error)
        return run
    if not same:
        log.debug("a recording computes something else; every layer is called")
    return short if same else run


def _mask(features: dict[str, Any]) -> "torch.Tensor":
    """Return which tokens count; pooling may write to it."""
    import torch

    mask: torch.Tensor | None = features.get("attention_mask")
    return torch.ones_like(features["input_ids"]) if mask is None else mask.clone()


def _alike(some: "torch.Tensor", others: "torch.Tensor") -> bool:
    return bool(((some * others).sum(dim=1) > _LEAST_COSINE).all())
