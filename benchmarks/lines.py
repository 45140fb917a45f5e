"""Products as they lie in a file: JSON lines, plain or gzipped."""

import gzip
import itertools
from collections.abc import Iterator
from pathlib import Path


def lines(file: Path, count: int | None = None) -> Iterator[bytes]:
    """Yield the first lines of a file, all of them without a count; `.gz` is unpacked."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rb") as there:
        yield from itertools.islice(there, count)
