"""Starts a supervisor in a session of its own, so that it outlives the command that started it."""

import os
import signal
import sys
from pathlib import Path


class Detached:
    """A supervisor that this process started, and may have to call back.

    Attributes:
        log: file that takes what it prints.
    """

    def __init__(self, home: Path) -> None:
        self.log = home / "supervisor.log"
        self._ended = False
        # Without -P, modules in the working directory would stand before installed ones.
        command = [sys.executable, "-P", "-m", "connector.local.supervisor", str(home)]
        write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        self._pid = os.posix_spawn(
            sys.executable,
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), write, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
            # A terminal's hang-up or a blocked signal here is no business of a detached process.
            setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP],
            setsigmask=[],
        )

    def has_ended(self) -> bool:
        """Whether it is gone; afterwards its number may be another process's."""
        self._ended = self._ended or os.waitpid(self._pid, os.WNOHANG) != (0, 0)
        return self._ended

    def last_words(self) -> str:
        """Return the last line it printed."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return lines[-1] if lines else f"the supervisor ended without a word; see {self.log}"

    def end(self) -> None:
        """Stop it with its servers, and return when all are gone."""
        if not self.has_ended():
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)
            self._ended = True
