"""Mined lexicons on disk, so that the next process need not mine again."""

import contextlib
import gzip
import logging
import os
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import orjson

from connector.settings import SearchSettings
from mappings.live import LiveIndex
from query.engine import Engine
from query.filling import holds_s
from query.understand.compile import mine
from query.understand.lexicon import Lexicon, Value

_log = logging.getLogger(__name__)

# Counts up whenever what is mined, or how it is written, changes.
_FORMAT = 2
_DAMAGED = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError)


def lexicon_of(engine: Engine, live: LiveIndex, settings: SearchSettings) -> Lexicon:
    """Return the lexicon of a live index, from the cache while it is young enough.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    store = Store(cache_folder(), settings.lexicon_max_age_s)
    index, catalogue = live.settings["index.uuid"], live.meta["catalogue_hash"]
    return store.get(index, catalogue, lambda: mine(engine, live.catalogue))


def cache_folder() -> Path:
    """Return the user's cache folder, which need not exist."""
    default = os.path.expanduser("~/.cache")  # noqa: PTH111 - Path.home() raises without a home
    return (
        Path(os.environ.get("XDG_CACHE_HOME") or default) / "hybrid-search-connector" / "lexicons"
    )


@dataclass(frozen=True)
class Store:
    """A folder with one file per index; processes may share it.

    Attributes:
        folder: made when there is something to keep; where it cannot be, nothing is kept.
        max_age_s: seconds after which an index is mined again; see `query.filling`, too.
    """

    folder: Path
    max_age_s: float

    def get(self, index: str, catalogue: str, mined: Callable[[], Lexicon]) -> Lexicon:
        """Return what is kept for an index, or mine and keep it.

        Args:
            index: its UUID.
            catalogue: hash of its catalogue.
            mined: makes a lexicon.
        """
        file = self.folder / f"{index}.json.gz"
        lexicon = self._read(file, catalogue)
        if lexicon is None:
            lexicon = mined()
            self._write(file, pack(lexicon, catalogue))
        return lexicon

    def _read(self, file: Path, catalogue: str) -> Lexicon | None:
        try:
            age_s = time.time() - file.stat().st_mtime
            if not 0 <= age_s <= self.max_age_s:
                return None
            found = unpack(file.read_bytes(), catalogue)
        except FileNotFoundError:
            return None
        except _DAMAGED as error:
            _log.warning("%s cannot be read (%r), mining again", file, error)
            return None
        return found if found and age_s <= holds_s(found.products, self.max_age_s) else None

    def _write(self, file: Path, packed: bytes) -> None:
        """Replace the file in one step."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, beside = tempfile.mkstemp(dir=self.folder, prefix=".lexicon-")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(packed)
                Path(beside).replace(file)
            except OSError:
                with contextlib.suppress(OSError):
                    Path(beside).unlink()
                raise
        except OSError as error:
            _log.warning("%s cannot be written (%s), the next start mines again", file, error)


def pack(lexicon: Lexicon, catalogue: str) -> bytes:
    """Return a lexicon as gzipped JSON."""
    tree: dict[str, Any] = {
        "format": _FORMAT,
        "catalogue": catalogue,
        "products": lexicon.products,
        "sampled": lexicon.sampled,
        "titles": dict(lexicon.titles),
        "texts": dict(lexicon.texts),
        "pairs": dict(lexicon.pairs),
        "values": [astuple(value) for value in lexicon.values],
        "low": {field: dict(by) for field, by in lexicon.low.items()},
    }
    return gzip.compress(orjson.dumps(tree), 1, mtime=0)


def unpack(packed: bytes, catalogue: str) -> Lexicon | None:
    """Return a packed lexicon; None when it is of another format or catalogue.

    Raises:
        OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError: it is
            damaged.
    """
    tree = orjson.loads(gzip.decompress(packed))
    if (tree["format"], tree["catalogue"]) != (_FORMAT, catalogue):
        return None
    return Lexicon(
        products=tree["products"],
        sampled=tree["sampled"],
        titles=tree["titles"],
        texts=tree["texts"],
        pairs=tree["pairs"],
        values=tuple(Value(*row) for row in tree["values"]),
        low=tree["low"],
    )
