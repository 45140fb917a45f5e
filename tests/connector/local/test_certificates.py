import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from connector.errors import LocalServerError
from connector.local import certificates


@pytest.mark.parametrize("name", [("-verify_ip", "127.0.0.1"), ("-verify_hostname", "localhost")])
def test_the_node_is_who_it_says_it_is(name: tuple[str, str], tmp_path: Path) -> None:
    """The certificate holds for both names of this machine under the strictest check."""
    certificates.issue(tmp_path)
    strict = ("-x509_strict", "-purpose", "sslserver", *name)
    done = subprocess.run(
        ["openssl", "verify", *strict, "-CAfile", "ca.pem", "node.pem"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "node.key").read_text().startswith("-----BEGIN PRIVATE KEY-----")
    ssl.create_default_context(cafile=tmp_path / "ca.pem")


def test_no_openssl_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is asked for by name."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(LocalServerError, match="apt-get install openssl"):
        certificates.issue(tmp_path)
