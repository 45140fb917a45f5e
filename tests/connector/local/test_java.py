import re
from pathlib import Path

import pytest

from connector.errors import LocalServerError
from connector.local import java
from connector.local.versions import PREVIOUS


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Java and Maven."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "_FOLDERS", (str(tmp_path / "jvm"),))
    return tmp_path


def fake_java(folder: Path, version: str) -> Path:
    """Put a program that says it is a Java of some version into `folder`/bin."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return program


@pytest.mark.usefixtures("nothing_installed")
def test_no_java_says_how_to_get_it() -> None:
    """The message names the version that is needed and the package that brings it."""
    with pytest.raises(LocalServerError, match=r"Java 21 or newer.*apt-get install openjdk-21"):
        java.find_java(21)


def test_a_java_that_is_too_old_is_named(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is told, so that nobody wonders why theirs was not taken."""
    old = fake_java(nothing_installed / "old", "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(old.parent.parent))
    with pytest.raises(LocalServerError, match=re.escape(f"{old} is 17")):
        java.find_java(21)


def test_a_newer_java_beside_the_default_one_is_found(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JAVA_HOME is asked first, then PATH, then the folders of the distribution."""
    old = fake_java(nothing_installed / "old", "17.0.15")
    new = fake_java(nothing_installed / "jvm" / "temurin-25", "25.0.1")
    monkeypatch.setenv("PATH", f"{old.parent}:/usr/bin:/bin")
    assert java.find_java(17) == old
    assert java.find_java(21) == new


def test_a_java_that_is_too_new_is_passed_over(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSearch 2.19 needs the security manager, which Java 24 took away."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(java, "shutil", type("Nowhere", (), {"which": lambda _: None}))
    fake_java(nothing_installed / "jvm" / "temurin-25", "25.0.1")
    with pytest.raises(LocalServerError, match="Java 17 to 23 is needed"):
        java.find_java(*PREVIOUS.java)
    wanted = fake_java(nothing_installed / "jvm" / "openjdk-17", "17.0.15")
    assert java.find_java(*PREVIOUS.java) == wanted


@pytest.mark.usefixtures("nothing_installed")
def test_no_maven_says_how_to_get_it() -> None:
    """Maven is asked for by name."""
    with pytest.raises(LocalServerError, match="apt-get install maven"):
        java.find_maven()
