"""Fetches jars and zips from Maven's repositories: one Maven run for a whole server."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from xml.sax.saxutils import escape

from connector.errors import LocalServerError
from connector.local.children import die_with_parent, running
from connector.local.java import find_maven
from connector.telemetry import Progress, progress

# A version, so that the same run fetches the same files next year.
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_BEGAN = re.compile(r"^(?:\[INFO\] )?Downloading from [^:]+: \S+/(\S+)")
_DOWNLOADED = re.compile(r"^(?:\[INFO\] )?Downloaded from [^:]+: \S+ \(([\d.]+) (kB|MB|B)")
_PULSE_S = 5.0
_SIZE = {"B": 1e-6, "kB": 1e-3, "MB": 1.0}


@dataclass(frozen=True)
class Artifact:
    """Maven coordinates; `alone` leaves its dependencies out."""

    group: str
    name: str
    version: str
    kind: str = "jar"
    alone: bool = False


def fetch(
    folders: Mapping[str, Sequence[Artifact]], work: Path, title: str, megabytes: int
) -> dict[str, list[Path]]:
    """Fetch artifacts with all they need at run time.

    Args:
        folders: artifacts by the name of the folder they belong to.
        work: an empty folder to work in.
        title: what is fetched, for the progress bar.
        megabytes: about how much is downloaded when nothing is there yet.

    Returns:
        The fetched files by folder name.

    Raises:
        LocalServerError: Maven is missing or failed; the message holds its last words.
    """
    (work / "pom.xml").write_text(_parent(folders), "utf-8")
    for folder, artifacts in folders.items():
        (work / folder).mkdir(parents=True)
        (work / folder / "pom.xml").write_text(_pom(folder, artifacts), "utf-8")
    _run(work, title, megabytes)
    return {name: sorted((work / name / "target" / "dependency").iterdir()) for name in folders}


def _run(work: Path, title: str, megabytes: int) -> None:
    command = [str(find_maven()), "-B", "-f", str(work / "pom.xml"), _PLUGIN]
    # Started before the bar, which draws itself in a thread: no fork from among threads.
    with (
        running(
            [*command, "-DincludeScope=runtime"],
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(),
        ) as maven,
        progress(title, megabytes, "MB") as bar,
    ):
        said = _follow(_lines(maven), bar, megabytes)
    if maven.returncode:
        errors = [line for line in said if "ERROR" in line] or said
        raise LocalServerError(
            f"Maven could not fetch the servers: {' '.join(errors[:2])[:400]}; check the network "
            "and Maven's settings (a mirror goes into ~/.m2/settings.xml), then try again"
        )


def _follow(lines: Iterable[str], bar: Progress, megabytes: int) -> list[str]:
    """Show what Maven fetches; return all it said."""
    said: list[str] = []
    size, note = 0.0, ""
    for line in lines:
        said.append(line.rstrip())
        began, got = _BEGAN.match(line), _DOWNLOADED.match(line)
        note = began.group(1) if began else note
        size += float(got.group(1)) * _SIZE[got.group(2)] if got else 0
        bar.update(min(int(size), megabytes), note=note)
    bar.update(megabytes)
    return said


def _lines(maven: subprocess.Popen[str]) -> Iterator[str]:
    """Yield what Maven prints, and an empty line now and then while a large file takes its time."""
    lines: Queue[str | None] = Queue()

    def read() -> None:
        for line in maven.stdout or ():
            lines.put(line)
        lines.put(None)

    Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_PULSE_S)
        except Empty:
            line = ""
        if line is None:
            return
        yield line


def _project(artifact: str, inner: str) -> str:
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>local</groupId><artifactId>{escape(artifact)}</artifactId><version>1</version>"
        f"<packaging>pom</packaging>{inner}</project>\n"
    )


def _parent(folders: Mapping[str, Sequence[Artifact]]) -> str:
    modules = "".join(f"<module>{escape(name)}</module>" for name in folders)
    return _project("servers", f"<modules>{modules}</modules>")


def _pom(folder: str, artifacts: Sequence[Artifact]) -> str:
    return _project(folder, f"<dependencies>{''.join(map(_dependency, artifacts))}</dependencies>")


_NOTHING_ELSE = (
    "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
)


def _dependency(artifact: Artifact) -> str:
    return (
        f"<dependency><groupId>{escape(artifact.group)}</groupId>"
        f"<artifactId>{escape(artifact.name)}</artifactId>"
        f"<version>{escape(artifact.version)}</version><type>{artifact.kind}</type>"
        f"{_NOTHING_ELSE if artifact.alone else ''}</dependency>"
    )
