"""What the long form of every trial needs: servers, a model and a folder; and its figures printed."""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plugins.servers import attached
from plugins.tiny_model import build

from connector.local import places
from connector.local.stack import settings_for
from connector.local.state import read_status
from connector.settings import Settings


@contextmanager
def servers() -> Iterator[Settings]:
    """Servers of its own, or those of `CONNECTOR_TEST_STACK=HOME`."""
    lent = os.environ.get("CONNECTOR_TEST_STACK")
    if lent:
        status = read_status(Path(lent))
        assert status is not None, f"no stack in {lent}"
        yield settings_for(status.addresses)
        return
    with attached(places.default_home().with_name(f"{places.NAME}-trials")) as addresses:
        yield settings_for(addresses)


def show(trial: Callable[[Settings, Path, Path], dict[str, Any]]) -> None:
    """Run a trial and print its figures as one line of JSON.

    Args:
        trial: called with the servers, the model's folder and an empty folder of its own.
    """
    with servers() as admin, tempfile.TemporaryDirectory(prefix="trial-") as place:
        started, folder = time.monotonic(), Path(place)
        for name in ("model", "trial"):
            (folder / name).mkdir()
        figures = trial(admin, build(folder / "model"), folder / "trial")
        print(json.dumps(figures | {"seconds": round(time.monotonic() - started)}), flush=True)
