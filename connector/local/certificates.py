"""A certificate authority and a node certificate for the secured node, made with openssl."""

import shutil
from pathlib import Path

from connector.errors import LocalServerError
from connector.local import places
from connector.local.children import outcome

ADMIN = "CN=admin,O=hybrid-search-connector"
NODE = "CN=local,O=hybrid-search-connector"
_DAYS = "3650"
# As strict as RFC 5280 asks for: Python verifies so from 3.13 on.
_CONFIG = """\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[node]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:localhost
"""


def issue(folder: Path) -> None:
    """Write ca.pem, node.key (PKCS#8) and last node.pem, for 127.0.0.1 and localhost.

    Raises:
        LocalServerError: openssl is missing or failed.
    """
    places.write(folder / "openssl.cnf", _CONFIG)
    new = ("req", "-config", "openssl.cnf", "-newkey", "rsa:2048", "-nodes")
    authority = ("-x509", "-extensions", "authority", "-days", _DAYS)
    subject = ("-subj", "/O=hybrid-search-connector/CN=authority")
    _openssl(folder, *new, *authority, *subject, "-keyout", "ca.key", "-out", "ca.pem")
    subject = ("-subj", _slashes(NODE))
    _openssl(folder, *new, *subject, "-keyout", "node.key", "-out", "node.csr")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", _DAYS)
    extensions = ("-extfile", "openssl.cnf", "-extensions", "node")
    _openssl(folder, "x509", "-req", "-in", "node.csr", "-out", "node.pem", *signed, *extensions)


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
    done = outcome([program, *arguments], cwd=folder)
    if done.returncode:
        said = " ".join(done.stderr.split())[-200:]
        raise LocalServerError(f"openssl {arguments[0]} failed: {said}")
