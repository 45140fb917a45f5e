"""Hours of the day in which slices are carried."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Self

from connector.errors import UsageError

_FORM = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")


@dataclass(frozen=True)
class Window:
    """From one time of day to another, on the clock of the machine; over midnight where it ends earlier."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `22:00-06:00`.

        Raises:
            UsageError: it is something else.
        """
        found = _FORM.match(text.strip())
        try:
            if found:
                hours = [int(part) for part in found.groups()]
                return cls(time(hours[0], hours[1]), time(hours[2], hours[3]))
        except ValueError:
            pass
        raise UsageError(
            f"{text!r} is no time of day from and to; write for example 22:00-06:00, on the clock "
            "of the machine that runs the command"
        )

    def holds(self, at: time) -> bool:
        """Whether a time of day is inside; the end is not."""
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def inside(windows: Sequence[Window], at: time) -> bool:
    """Whether slices may be carried at a time of day; always where no window is set."""
    return not windows or any(window.holds(at) for window in windows)
