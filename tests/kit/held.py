"""The reindex command, standing still at a step: `python -m kit.held STEP FOLDER …`, the rest its own.

It makes the file `at` in the folder when it is there, and goes on once there is a file `go`.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Slices are on their way; the alias has moved, and the ledger does not know it yet.
BACKFILLING, SWITCHING = "backfilling", "switching"
STEPS = ("planned", "created", BACKFILLING, "following", "gating", SWITCHING)


def main() -> None:
    """Run the command with a stop at one step."""
    from connector.cli import run

    folder = Path(sys.argv[2])
    _stop_at(sys.argv[1], lambda: _stand(folder))
    sys.exit(run(sys.argv[3:]))


def _stop_at(step: str, stand: Callable[[], None]) -> None:
    from ingest.reindex import cutover, steps
    from ingest.reindex.ledger import Ledger
    from ingest.reindex.run import State

    if step == BACKFILLING:
        progress = Ledger.progress

        def watched(self: Ledger, run: Any) -> Any:
            found = progress(self, run)
            if found.done:
                stand()
            return found

        Ledger.progress = watched  # type: ignore[method-assign]
    elif step == SWITCHING:
        switch = cutover.switch
        cutover.switch = lambda *arguments: _then(switch(*arguments), stand)
    else:
        taken: Any = steps.STEPS
        do = taken[State(step)]
        taken[State(step)] = lambda case: (stand(), do(case))


def _then(_: None, stand: Callable[[], None]) -> None:
    stand()


def _stand(folder: Path) -> None:
    if (folder / "at").exists():
        return
    (folder / "at").touch()
    while not (folder / "go").exists():
        time.sleep(0.05)


if __name__ == "__main__":
    main()
