"""Where a model runs, in which numbers, and how much at once."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

# Threads of a forward pass wait for one another many times a millisecond. By default they do so
# at full speed, and where a neighbour has their core, that costs a batch five times its time.
# Read when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Padded tokens of one forward pass where the setting says auto. A processor gains nothing from
# more than fills its caches; a GPU is idle between kernels that are too short.
_CPU_TOKENS = 4_096
_GPU_TOKENS = 32_768


def device_of(wanted: str) -> str:
    """Resolve `auto` to the best device there is."""
    import torch

    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"


def dtype_of(wanted: str, device: str) -> str:
    """Resolve `auto`: bfloat16 only where the device multiplies it natively, else it is slower."""
    import torch

    if wanted != "auto":
        return wanted
    if device.startswith("cuda"):
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    abilities = torch.cpu.get_capabilities() if device == "cpu" else {}
    native = abilities.get("avx512_bf16") or abilities.get("amx_bf16")
    return "bfloat16" if native else "float32"


def budget_of(wanted: int | Literal["auto"], device: str) -> int:
    """Resolve `auto` to the padded tokens of one forward pass on a device."""
    if wanted != "auto":
        return wanted
    return _CPU_TOKENS if device == "cpu" else _GPU_TOKENS


def current(device: "torch.device") -> AbstractContextManager[object]:
    """Let a GPU be this thread's current one; the processor needs nothing."""
    import torch

    return torch.cuda.device(device) if device.type == "cuda" else nullcontext()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Have the processor compute on so many threads; 0: on as many as it always does."""
    import torch

    always = _always()
    torch.set_num_threads(count or always)
    try:
        yield
    finally:
        torch.set_num_threads(always)


@cache
def _always() -> int:
    """Return how many threads a process has before anybody asked for fewer."""
    import torch

    return torch.get_num_threads()
