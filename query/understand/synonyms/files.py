"""A file is written whole or not at all."""

import tempfile
from pathlib import Path

from connector.errors import SynonymsError


def write_whole(file: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there, so that no reader sees half of it.

    Raises:
        SynonymsError: when the folder or the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as beside:
            beside.write(content)
        # A temporary file is its owner's alone; this one replaces a file that others read.
        Path(beside.name).chmod(0o644)
        Path(beside.name).replace(file)
    except OSError as error:
        raise SynonymsError(f"{file}: cannot be written ({error.strerror or error})") from None
    return file
