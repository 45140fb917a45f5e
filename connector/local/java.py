"""Finds Java and Maven, and says how to get them when they are missing."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from connector.errors import LocalServerError
from connector.local.children import outcome

# Where distributions keep JVMs that are not the default one.
_FOLDERS = ("/usr/lib/jvm", "/usr/java", "/opt", "/opt/java", "/Library/Java/JavaVirtualMachines")
_VERSION = re.compile(r'version "(\d+)')


def find_java(oldest: int, newest: int | None = None) -> Path:
    """Return a `java` whose version is at least `oldest` and at most `newest`.

    JAVA_HOME comes first, then PATH, then the folders where distributions keep their JVMs.

    Raises:
        LocalServerError: there is none; the message lists what was found.
    """
    found: list[str] = []
    for java in _candidates():
        version = _version(java)
        if version is None:
            continue
        if oldest <= version and (newest is None or version <= newest):
            return java
        found.append(f"{java} is {version}")
    wanted = f"{oldest} to {newest}" if newest else f"{oldest} or newer"
    raise LocalServerError(
        f"Java {wanted} is needed ({'; '.join(found) or 'no Java was found'}). "
        f"Debian and Ubuntu: apt-get install openjdk-{oldest}-jre-headless (or Eclipse Temurin); "
        f"macOS: brew install openjdk@{oldest}; then set JAVA_HOME if it is not the default"
    )


def find_maven() -> Path:
    """Return `mvn`.

    Raises:
        LocalServerError: it is not on the PATH.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise LocalServerError(
            "Maven (mvn) is needed to fetch the servers the first time. "
            "Debian and Ubuntu: apt-get install maven; macOS: brew install maven"
        )
    return Path(maven)


def _candidates() -> Iterator[Path]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield Path(home) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path)
    for folder in _FOLDERS:
        root = Path(folder)
        if root.is_dir():
            yield from sorted(root.glob("*/bin/java"), reverse=True)
            yield from sorted(root.glob("*/Contents/Home/bin/java"), reverse=True)


def _version(java: Path) -> int | None:
    try:
        said = outcome([java, "-version"], timeout_s=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = None if said.returncode else _VERSION.search(said.stderr + said.stdout)
    return int(match.group(1)) if match else None
