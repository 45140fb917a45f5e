"""Child processes that are not left behind when somebody changes their mind."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


def outcome(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout_s: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; it is gone when this returns or raises, Ctrl-C included.

    Raises:
        OSError: it cannot be run.
        subprocess.TimeoutExpired: it took longer than `timeout_s`, in seconds.
    """
    with running(command, stderr=subprocess.PIPE, env=env, cwd=cwd) as process:
        out, err = process.communicate(timeout=timeout_s)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@contextmanager
def running(command: Sequence[str | Path], **how: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a program while the block does, its output in a pipe; a block that raises kills it.

    `subprocess.run` forgets a child when Ctrl-C comes between the fork and the assignment.
    """
    with interrupts_held_back() as let_through:
        process = subprocess.Popen(  # noqa: S603 - commands are our own
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **how
        )
        with process:
            try:
                let_through()
                yield process
            except BaseException:
                process.kill()
                # Leaving the inner block does not wait long for a child after Ctrl-C.
                process.wait()
                raise


@contextmanager
def interrupts_held_back() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C wait until the function given is called, or until the block is left."""
    if threading.current_thread() is not threading.main_thread():
        # Python raises KeyboardInterrupt in the main thread alone.
        yield lambda: None
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))

    def let_through() -> None:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(came.pop())

    try:
        yield let_through
    finally:
        let_through()


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child does first: ask the kernel to be killed when its parent ends.

    Only Linux offers this; it holds across `exec`, and must come after a change of user.
    """
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask
