"""Where files stand: the cache of assembled servers, and the home of one stack.

OpenSearch refuses to run as root, so root starts the servers as another user, who cannot look
into root's home: then both places stand outside.
"""

import fcntl
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from connector.errors import LocalServerError

NAME = "hybrid-search-connector"
# The user that root runs the servers as; every Unix has it.
UNPRIVILEGED = "nobody"


def is_root() -> bool:
    """Whether this process runs as root."""
    return os.geteuid() == 0


def servers_user() -> pwd.struct_passwd | None:
    """Return the user the servers run as; None for this process's own."""
    return pwd.getpwnam(UNPRIVILEGED) if is_root() else None


def cache() -> Path:
    """Return the folder of the assembled servers, which all stacks of this user share."""
    if is_root():
        return Path("/var/cache") / NAME
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME


def default_home() -> Path:
    """Return the home of the stack that is meant when none is named."""
    if is_root():
        return Path("/var/lib") / NAME
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / NAME


def make(folder: Path) -> Path:
    """Create a folder that the servers' user may enter.

    Raises:
        LocalServerError: it cannot be made, or stands where that user cannot go.
    """
    try:
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    except OSError as error:
        if not folder.is_dir():
            raise LocalServerError(
                f"{folder} cannot be made ({error.strerror}); choose another place with --home"
            ) from None
    for each in (folder, *folder.parents) if is_root() else ():
        if not each.stat().st_mode & stat.S_IXOTH:
            raise LocalServerError(
                f"root's servers run as {UNPRIVILEGED}, who may not enter {each}; "
                f"choose another place with --home, for example {default_home()}"
            )
    return folder


def make_private(folder: Path) -> Path:
    """Create a folder in a home that belongs to the servers' user alone."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    return folder


def give(folder: Path) -> None:
    """Give a folder and all in it to the servers' user; links are not followed."""
    owner = servers_user()
    if owner:
        for each in (folder, *folder.rglob("*")):
            os.chown(each, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def write(file: Path, text: str) -> None:
    """Write a file in one step, readable by its owner alone, whatever stood there before."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    beside.replace(file)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an advisory lock on `file`; a second process says that it waits, and waits."""
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo(f"waiting for another `connector local` that holds {file}", err=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
