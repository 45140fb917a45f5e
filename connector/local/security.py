"""The security plugin of one node: certificates, its configuration and one administrator."""

import secrets
import shutil
from pathlib import Path

from connector.errors import LocalServerError
from connector.local import certificates, places
from connector.local.access import Access
from connector.local.children import outcome
from connector.local.server import HOST
from connector.local.versions import SECURITY_PLUGIN

_PREFIX = "plugins.security"
_FILES = {"pemcert": "node.pem", "pemkey": "node.key", "pemtrustedcas": "ca.pem"}

# Lines of `opensearch.yml`.
SETTINGS = (
    *(
        f"{_PREFIX}.ssl.{layer}.{key}_filepath: {file}"
        for layer in ("transport", "http")
        for key, file in _FILES.items()
    ),
    f"{_PREFIX}.ssl.http.enabled: true",
    # Between nodes only, and there is one. Clients verify the name.
    f"{_PREFIX}.ssl.transport.enforce_hostname_verification: false",
    f"{_PREFIX}.allow_default_init_securityindex: true",
    f"{_PREFIX}.authcz.admin_dn: ['{certificates.ADMIN}']",
    f"{_PREFIX}.nodes_dn: ['{certificates.NODE}']",
    f'{_PREFIX}.restapi.roles_enabled: ["all_access", "security_rest_api_access"]',
    # Who may log in, and how, can be tried while it runs.
    f"{_PREFIX}.unsupported.restapi.allow_securityconfig_modification: true",
)


def secure(java: Path, installed: Path, folder: Path, port: int) -> Access:
    """Write certificates, the plugin's configuration and the administrator's password, once.

    Args:
        java: runs the plugin's own tool.
        installed: the assembled node.
        folder: of this node; its `config` exists.
        port: of the node.

    Raises:
        LocalServerError: openssl is missing, or a tool failed.
    """
    config = folder / "config"
    if not (config / "node.pem").exists():
        certificates.issue(config)
    password = _password(folder / "admin-password")
    target = config / "opensearch-security"
    if not target.exists():
        # Whole or not at all: the files as shipped hold users whose passwords everybody knows.
        beside = config / "opensearch-security.new"
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(installed / "plugins" / SECURITY_PLUGIN / "config", beside)
        places.write(beside / "internal_users.yml", _users(_hash(java, installed, password)))
        beside.rename(target)
    for each in (config, *config.rglob("*")):
        each.chmod(0o700 if each.is_dir() else 0o600)
    return Access(f"https://{HOST}:{port}", "admin", password, config / "ca.pem")


def _password(file: Path) -> str:
    """Return the password kept in `file`, inventing it the first time; only its owner reads it."""
    if not file.exists():
        places.write(file, secrets.token_urlsafe(18))
    return file.read_text("utf-8")


def _hash(java: Path, installed: Path, password: str) -> str:
    """Hash a password with the security plugin's own tool."""
    classpath = f"{installed / 'plugins' / SECURITY_PLUGIN}/*:{installed / 'lib'}/*"
    done = outcome(
        [java, "-cp", classpath, "org.opensearch.security.tools.Hasher", "-env", "PASSWORD"],
        env={"PASSWORD": password},
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[-200:]
        raise LocalServerError(f"the security plugin could not hash a password: {said}")
    return done.stdout.split()[-1]


def _users(hashed: str) -> str:
    return (
        '_meta: {type: "internalusers", config_version: 2}\n'
        f'admin: {{hash: "{hashed}", reserved: true, backend_roles: ["admin"]}}\n'
    )
