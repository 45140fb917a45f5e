"""A certificate authority and a node certificate for the secured node, made with openssl."""

import secrets
import shutil
import subprocess
from pathlib import Path

from connector.errors import LocalServerError

ADMIN = "CN=admin,O=hybrid-search-connector"
NODE = "CN=local,O=hybrid-search-connector"
_DAYS = "3650"


def password(file: Path) -> str:
    """Return the password kept in `file`, inventing it the first time; only its owner reads it."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(18), "utf-8")
    return file.read_text("utf-8")


def issue(folder: Path) -> None:
    """Write ca.pem, node.pem and node.key (PKCS#8); the node answers as 127.0.0.1 and localhost.

    Raises:
        LocalServerError: openssl is missing or failed.
    """
    names = folder / "names.cnf"
    names.write_text(
        "subjectAltName = IP:127.0.0.1, DNS:localhost\nextendedKeyUsage = serverAuth, clientAuth\n",
        "utf-8",
    )
    new_key = ("-newkey", "rsa:2048", "-nodes", "-days", _DAYS)
    authority = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/O=hybrid-search-connector/CN=ca")
    _openssl(folder, "req", "-x509", *new_key, *authority)
    request = ("-keyout", "node.key", "-out", "node.csr", "-subj", _slashes(NODE))
    _openssl(folder, "req", *new_key[:3], *request)
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", names.name)
    _openssl(folder, "x509", "-req", "-in", "node.csr", "-out", "node.pem", "-days", _DAYS, *signed)


def _slashes(name: str) -> str:
    """Turn `CN=a,O=b` into openssl's `/O=b/CN=a`."""
    return "/" + "/".join(reversed(name.split(",")))


def _openssl(folder: Path, *arguments: str) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise LocalServerError(
            "openssl is needed to make the node's certificates. "
            "Debian and Ubuntu: apt-get install openssl; macOS: brew install openssl"
        )
    done = subprocess.run(  # noqa: S603 - our own arguments
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LocalServerError(f"openssl {arguments[0]} failed: {done.stderr.strip()[-200:]}")
