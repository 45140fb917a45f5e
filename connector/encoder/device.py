"""Where a model runs, in which numbers, and how much at once."""

from typing import Literal

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
