"""Where files stand: the cache of assembled servers, and the home of one stack.

OpenSearch refuses to run as root, so root starts it as another user, who cannot look into root's
home: then both places stand outside.
"""

import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        return Path("/var/tmp") / NAME  # noqa: S108 - kept between runs, owned by the servers' user
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / NAME


def make(folder: Path, private: bool = False) -> Path:
    """Create a folder that the servers' user may enter (private: may alone write and read)."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = servers_user()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o700 if private else 0o755)
    return folder


def give(file: Path) -> None:
    """Give a file, or a folder and all in it, to the servers' user."""
    owner = servers_user()
    if owner:
        for each in (file, *file.rglob("*")):
            os.chown(each, owner.pw_uid, owner.pw_gid)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an advisory lock on `file`; a second process waits."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
