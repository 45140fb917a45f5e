"""What each step of each round found: a folder per round, a file per step, written whole or not."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector import files
from connector.errors import RetryLaterError, StopError

Json = dict[str, Any]

LAST = "record"


@dataclass(frozen=True)
class Round:
    """One round.

    Attributes:
        number: from 1.
        folder: its own.
    """

    number: int
    folder: Path

    def read(self, step: str) -> Json | None:
        """Return what a step found, or None where it is not done."""
        file = self.folder / f"{step}.json"
        if not file.exists():
            return None
        try:
            found: Json = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StopError(
                f"{file}: cannot be read ({error}); remove it, and the step is done again"
            ) from None
        return found

    def write(self, step: str, found: Json) -> None:
        """Keep what a step found: from now on it is done.

        Raises:
            StopError: it cannot be written.
        """
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        files.write(self.folder / f"{step}.json", text, StopError)


class Journal:
    """All rounds of one catalogue.

    Args:
        folder: of the rounds; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def rounds(self) -> list[Round]:
        """Return the rounds that began, in order."""
        folders = sorted(self._folder.glob("round-[0-9][0-9][0-9][0-9]"))
        return [Round(int(each.name.removeprefix("round-")), each) for each in folders]

    @property
    def current(self) -> Round:
        """Return the round that is not recorded yet, a new one where all are."""
        rounds = self.rounds
        if rounds and rounds[-1].read(LAST) is None:
            return rounds[-1]
        number = rounds[-1].number + 1 if rounds else 1
        return Round(number, self._folder / f"round-{number:04}")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who works here for as long as the block lasts.

        Raises:
            RetryLaterError: somebody else is.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise RetryLaterError(
                    f"another `connector learn` works in {self._folder}; try again when it is done"
                ) from None
            yield
