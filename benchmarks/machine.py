"""What machine a figure was read on, in one line."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """Return processor, cores, memory, Python and (when there is one) the GPU."""
    info = Path("/proc/cpuinfo")
    names = [
        line.split(":", 1)[1].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = names[0] if names else platform.processor()
    return (
        f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}{_gpu()}"
    )


def _gpu() -> str:
    try:
        import torch
    except ModuleNotFoundError:
        return ""
    return f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ", no GPU"
