"""An OpenSearch node of one stack: its configuration, command line and health."""

import json
import ssl
import subprocess
import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from connector.local import assembly, certificates, places
from connector.local.java import find_java
from connector.local.server import HOST, Server, free_port
from connector.local.versions import RELEASES, SECURITY_PLUGIN, Release

_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


@dataclass(frozen=True)
class Access:
    """How to reach a node; the last three only where it is secured."""

    url: str
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None


def prepare(
    home: Path, release: Release, secure: bool, port: int, heap: str
) -> tuple[Server, Access]:
    """Assemble and configure a node; nothing is started.

    Raises:
        LocalServerError: Java, Maven or openssl is missing, or the download failed.
    """
    wanted = RELEASES[release]
    java = find_java(wanted.java)
    installed = assembly.opensearch(wanted, secure)
    folder = places.make(home / f"opensearch-{release}{'-secure' if secure else ''}", private=True)
    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / "log4j2.properties").write_text(_LOGGING, "utf-8")
    lines = _settings(folder, port)
    if secure:
        access = _secure(java, installed, folder, port)
        lines += _security_settings()
    else:
        access = Access(f"http://{HOST}:{port}")
    (config / "opensearch.yml").write_text("\n".join(lines) + "\n", "utf-8")
    for name in ("data", "logs", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    places.give(folder)
    flags = (
        ["-Djava.security.manager=allow"]
        if wanted.security_manager
        else ["--enable-native-access=ALL-UNNAMED"]
    )
    command = (
        str(java),
        f"-Xms{heap}",
        f"-Xmx{heap}",
        "--add-modules=jdk.incubator.vector",
        *flags,
        f"-Djava.io.tmpdir={folder / 'tmp'}",
        f"-Dopensearch.path.home={installed}",
        f"-Dopensearch.path.conf={config}",
        "-Dopensearch.distribution.type=tar",
        "-Dlog4j2.disable.jmx=true",
        "-cp",
        f"{installed / 'lib'}/*",
        "org.opensearch.bootstrap.OpenSearch",
    )
    return Server("opensearch", command, home / "opensearch.log", lambda: healthy(access)), access


def healthy(access: Access) -> bool:
    """Whether the node answers and all its primary shards are there."""
    try:
        answer = request(access, "GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
    except OSError:
        return False
    return answer.get("status") in ("yellow", "green")


def request(access: Access, method: str, path: str, body: object = None) -> dict[str, object]:
    """Send one REST call as the node's administrator.

    Raises:
        OSError: no connection, or any status of 400 and above (urllib's HTTPError is one).
    """
    call = urllib.request.Request(access.url + path, method=method)  # noqa: S310 - our own URL
    if access.username:
        credentials = b64encode(f"{access.username}:{access.password}".encode()).decode()
        call.add_header("Authorization", f"Basic {credentials}")
    if body is not None:
        call.data = json.dumps(body).encode()
        call.add_header("Content-Type", "application/json")
    context = ssl.create_default_context(cafile=access.ca_file) if access.ca_file else None
    with urllib.request.urlopen(call, timeout=30, context=context) as answer:  # noqa: S310
        decoded: dict[str, object] = json.loads(answer.read() or b"{}")
        return decoded


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


def _security_settings() -> list[str]:
    files = {"pemcert": "node.pem", "pemkey": "node.key", "pemtrustedcas": "ca.pem"}
    prefix = "plugins.security"
    return [
        *(
            f"{prefix}.ssl.{layer}.{key}_filepath: {file}"
            for layer in ("transport", "http")
            for key, file in files.items()
        ),
        f"{prefix}.ssl.http.enabled: true",
        f"{prefix}.ssl.transport.enforce_hostname_verification: false",
        f"{prefix}.allow_default_init_securityindex: true",
        f"{prefix}.authcz.admin_dn: ['{certificates.ADMIN}']",
        f"{prefix}.nodes_dn: ['{certificates.NODE}']",
        f'{prefix}.restapi.roles_enabled: ["all_access", "security_rest_api_access"]',
    ]


def _secure(java: Path, installed: Path, folder: Path, port: int) -> Access:
    """Write certificates, security configuration and the administrator's password, once."""
    config = folder / "config"
    password = certificates.password(folder / "admin-password")
    if not (config / "ca.pem").exists():
        certificates.issue(config)
    target = config / "opensearch-security"
    if not target.exists():
        shipped = installed / "plugins" / SECURITY_PLUGIN / "config"
        target.mkdir()
        for file in shipped.glob("*.yml"):
            (target / file.name).write_bytes(file.read_bytes())
        (target / "internal_users.yml").write_text(_users(_hash(java, installed, password)))
    return Access(f"https://{HOST}:{port}", "admin", password, config / "ca.pem")


def _hash(java: Path, installed: Path, password: str) -> str:
    """Hash a password with the security plugin's own tool."""
    classpath = f"{installed / 'plugins' / SECURITY_PLUGIN}/*:{installed / 'lib'}/*"
    done = subprocess.run(  # noqa: S603 - our own arguments
        [java, "-cp", classpath, "org.opensearch.security.tools.Hasher", "-env", "PASSWORD"],
        env={"PASSWORD": password},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[-1]


def _users(hashed: str) -> str:
    return (
        '_meta: {type: "internalusers", config_version: 2}\n'
        f'admin: {{hash: "{hashed}", reserved: true, backend_roles: ["admin"]}}\n'
    )
