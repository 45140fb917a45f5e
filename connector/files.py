"""Files are written whole or not at all: beside their place, then moved there in one step."""

import os
from pathlib import Path

from connector.errors import ConnectorError, UsageError


def write(file: Path, text: str, kind: type[ConnectorError] = UsageError) -> None:
    """Write a file that people named.

    Args:
        file: where to; its folder is made when missing.
        text: of the file, written as UTF-8.
        kind: of the error.

    Raises:
        ConnectorError: of that kind: the folder or the file cannot be written.
    """
    try:
        replace(file, text)
    except OSError as error:
        raise kind(f"{file}: cannot be written ({error.strerror or error})") from None


def replace(file: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or what stood there before.

    A link stays one. What is no regular file, /dev/stdout for example, is written straight.

    Raises:
        OSError: the folder or the file cannot be written; what stood there stands.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and not file.is_file():
        file.write_text(text, "utf-8")
        return
    place = file.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
