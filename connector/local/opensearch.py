"""An OpenSearch node of one stack: its configuration and command line."""

from pathlib import Path

from connector.local import assembly, places, security
from connector.local.access import Access
from connector.local.java import find_java
from connector.local.server import HOST, Server, free_port
from connector.local.versions import RELEASES, Release

_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


def prepare(
    home: Path, release: Release, secure: bool, port: int, heap: str
) -> tuple[Server, Access]:
    """Assemble and configure a node; nothing is started.

    Raises:
        LocalServerError: Java, Maven or openssl is missing, or the download failed.
    """
    wanted = RELEASES[release]
    java = find_java(*wanted.java)
    installed = assembly.opensearch(wanted, secure)
    folder = places.make_private(home / f"opensearch-{release}{'-secure' if secure else ''}")
    for name in ("config", "data", "logs", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    lines = _settings(folder, port)
    if secure:
        access = security.secure(java, installed, folder, port)
        lines += security.SETTINGS
    else:
        access = Access(f"http://{HOST}:{port}")
    places.write(folder / "config" / "opensearch.yml", "\n".join(lines) + "\n")
    places.write(folder / "config" / "log4j2.properties", _LOGGING)
    places.give(folder)
    flags = (
        "-Djava.security.manager=allow"
        if wanted.security_manager
        else "--enable-native-access=ALL-UNNAMED"
    )
    command = (str(java), f"-Xms{heap}", f"-Xmx{heap}", flags, *_arguments(installed, folder))
    return Server("opensearch", command, home / "opensearch.log", access.is_healthy), access


def _arguments(installed: Path, folder: Path) -> tuple[str, ...]:
    return (
        "--add-modules=jdk.incubator.vector",
        f"-Djava.io.tmpdir={folder / 'tmp'}",
        f"-Dopensearch.path.home={installed}",
        f"-Dopensearch.path.conf={folder / 'config'}",
        "-Dopensearch.distribution.type=tar",
        "-Dlog4j2.disable.jmx=true",
        # Logging that goes first can leave the transport waiting for its threads on the way out.
        "-Dlog4j.shutdownHookEnabled=false",
        "-cp",
        f"{installed / 'lib'}/*",
        "org.opensearch.bootstrap.OpenSearch",
    )


def _settings(folder: Path, port: int) -> list[str]:
    return [
        "cluster.name: hybrid-search-connector",
        "node.name: local",
        "discovery.type: single-node",
        f"network.host: {HOST}",
        f"http.port: {port}",
        f"transport.port: {free_port()}",
        f"path.data: {folder / 'data'}",
        f"path.logs: {folder / 'logs'}",
        # A late write to a dropped index must not bring it back with a guessed mapping.
        "action.auto_create_index: false",
        "cluster.routing.allocation.disk.threshold_enabled: false",
    ]
