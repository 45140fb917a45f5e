from pathlib import Path

import pytest

from connector import broker, cluster
from connector.errors import SettingsError
from connector.settings import KafkaSettings, OpenSearchSettings


@pytest.mark.parametrize("content", [None, "no certificate\n"])
def test_a_file_without_certificates_is_told_before_anybody_connects(
    tmp_path: Path, content: str | None
) -> None:
    """The setting is named, not the server that could not be reached by it."""
    file = tmp_path / "ca.crt"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=r"opensearch\.ca_file = .*ca\.crt"):
        cluster.connect(OpenSearchSettings(url="https://127.0.0.1:1", ca_file=file))
    with pytest.raises(SettingsError, match=r"kafka\.ssl_cafile = .*ca\.crt"):
        broker.admin(KafkaSettings(security_protocol="SSL", ssl_cafile=file))
