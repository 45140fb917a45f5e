import subprocess
import threading
import zipfile
from pathlib import Path

import pytest

from connector.errors import LocalServerError
from connector.local import assembly, places
from connector.local.maven import Artifact
from connector.local.versions import PREVIOUS, REDIS


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache of one's own."""
    monkeypatch.setattr(places, "is_root", lambda: False)
    monkeypatch.setattr(places, "cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_two_first_runs_build_once(cache: Path) -> None:
    """The second run waits for the first and takes what it built."""
    built: list[Path] = []
    together = threading.Barrier(2)

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "jar").touch()

    def run() -> None:
        together.wait()
        assert (assembly._once("server-1", build) / "jar").exists()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert sorted(each.name for each in cache.iterdir()) == ["server-1", "server-1.lock"]


def test_an_interrupted_run_leaves_nothing_that_counts(cache: Path) -> None:
    """Half a server is never taken for a whole one, and the next run starts anew."""

    def interrupted(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assembly._once("server-1", interrupted)
    assert not (cache / "server-1").exists()
    target = assembly._once("server-1", lambda folder: (folder / "whole").touch())
    assert [each.name for each in target.iterdir()] == ["whole"]
    assert not (cache / "server-1.partial").exists()


@pytest.mark.usefixtures("cache")
def test_a_broken_archive_is_one_line(tmp_path: Path) -> None:
    """A download that is no zip is told with the place it was unpacked to."""
    (tmp_path / "broken.zip").write_bytes(b"<html>sign in</html>")
    with pytest.raises(LocalServerError, match=r"server-1 could not be put together.*not a zip"):
        assembly._once("server-1", lambda to: assembly._unzip(tmp_path / "broken.zip", to))


def test_a_node_is_put_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Modules leave out what lib/ has; 2.19's carry a policy; plugins are unpacked by name."""

    def fetched(wanted: dict[str, list[Artifact]], work: Path, *_: object) -> dict[str, list[Path]]:
        found = {}
        for folder, artifacts in wanted.items():
            (work / folder).mkdir()
            names = [f"{each.name}-{each.version}.{each.kind}" for each in artifacts]
            found[folder] = [work / folder / name for name in (*names, "shared.jar")]
            for file in found[folder]:
                with zipfile.ZipFile(file, "w") as archive:
                    archive.writestr("plugin-descriptor.properties", file.name)
        found["plugins"].pop()
        return found

    monkeypatch.setattr(assembly, "fetch", fetched)
    node = tmp_path / "node"
    node.mkdir()
    assembly._assemble_opensearch(PREVIOUS, secure=True, folder=node)
    painless = node / "modules" / "lang-painless"
    assert sorted(each.name for each in painless.iterdir()) == [
        "lang-painless-2.19.1.jar",
        "plugin-descriptor.properties",
        "plugin-security.policy",
    ]
    descriptor = (painless / "plugin-descriptor.properties").read_text()
    assert "classname=org.opensearch.painless.PainlessPlugin\njava.version=11\n" in descriptor
    plugins = sorted(each.name for each in (node / "plugins").iterdir())
    assert plugins == ["neural-search", "opensearch-knn", "opensearch-security"]


def test_redis_is_of_the_version_that_is_named() -> None:
    """The program in the installed package is the version that stands in `versions`."""
    done = subprocess.run(
        [assembly.redis(), "--version"], capture_output=True, text=True, check=True
    )
    assert f" v={REDIS}." in done.stdout
