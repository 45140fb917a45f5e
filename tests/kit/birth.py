"""The process that workers are forked from: `python -m kit.birth`, an order a line; see `nursery`."""

import ctypes
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from kit.crash import Diary, Trap, watch

# What a worker imports before its first record.
_HEAVY = (
    "connector.cli",
    "ingest.commands",
    "ingest.run",
    "sentence_transformers",
    "transformers.models.bert.modeling_bert",
)


def main() -> None:
    """Fork one life for each order on standard input, answering with its process."""
    for name in _HEAVY:
        importlib.import_module(name)
    # The kernel takes note of a life's end.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order, parent = json.loads(line), os.getpid()
        pid = os.fork()
        if not pid:
            _live(order, parent)
        print(pid, flush=True)


def _live(order: dict[str, Any], parent: int) -> None:
    """Be a worker, and never return."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _die_with(parent)
    folder = Path(order["folder"])
    _redirect(folder / "said")
    diary = Diary(folder / "diary", Trap(**order["trap"]) if order["trap"] else None)
    code = 1
    try:
        os.environ.clear()
        os.environ.update(order["environment"])
        watch(diary)
        _hurry(order["session_ms"])
        code = _command(order["arguments"])
    except BaseException:  # noqa: BLE001 - as the interpreter does at the end of a program
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        diary.write(f"ended {code}")
        os._exit(code)


def _command(arguments: list[str]) -> int:
    """Run the command as its own process would: the end of every thread is waited for."""
    from connector.cli import run

    code = run(arguments)
    threading._shutdown()  # type: ignore[attr-defined]
    return code


def _hurry(session_ms: int | None) -> None:
    """Let Kafka notice a death, and the worker new partitions, sooner than they have to."""
    from kafka import KafkaConsumer

    if session_ms is not None:
        beat = {
            "session_timeout_ms": session_ms,
            "heartbeat_interval_ms": session_ms // 4,
            "metadata_max_age_ms": session_ms,
        }
        plain = KafkaConsumer.__init__

        def hurried(self: KafkaConsumer, *topics: str, **configs: Any) -> None:
            plain(self, *topics, **(configs | beat))

        KafkaConsumer.__init__ = hurried


def _redirect(file: Path) -> None:
    said = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((0, nothing), (1, said), (2, said)):
        os.dup2(target, number)


def _die_with(parent: int) -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main()
