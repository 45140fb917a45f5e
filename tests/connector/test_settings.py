import pickle
from pathlib import Path

import pytest

from connector.cli import run
from connector.errors import SettingsError
from connector.settings import load


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without a settings file."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_reach_servers_on_this_machine() -> None:
    """Without any settings the connector talks to 127.0.0.1, verified."""
    settings = load()
    assert settings.opensearch.url == "http://127.0.0.1:9200"
    assert settings.opensearch.verify


def test_environment_beats_file_and_flags_beat_both(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flags over CONNECTOR_ variables over connector.toml over defaults, key by key."""
    (empty_folder / "connector.toml").write_text(
        '[opensearch]\nurl = "http://file:1"\nusername = "file"\ntimeout_s = 5\n'
    )
    monkeypatch.setenv("CONNECTOR_OPENSEARCH__URL", "http://environment:1")
    monkeypatch.setenv("CONNECTOR_OPENSEARCH__USERNAME", "environment")
    settings = load(overrides=("opensearch.url=http://flag:1",))
    assert settings.opensearch.url == "http://flag:1"
    assert settings.opensearch.username == "environment"
    assert settings.opensearch.timeout_s == 5


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[opensearch]\nurll = 'http://x:1'\n", "opensearch.urll"),
        ("[ingest]\nbatch_records = 0\n", "ingest.batch_records"),
        ("[opensearch\n", "not valid TOML"),
        ("[opensearch]\nurl = 'http://user:secret@x:1'\n", "opensearch.url"),
        ("[opensearch]\nurl = 'http://x:port'\n", "opensearch.url"),
        ("[kafka]\nbootstrap_servers = 'x:9092,y:port'\n", "kafka.bootstrap_servers"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(
    empty_folder: Path, content: str, expected: str
) -> None:
    """A mistake in the file names the key; a password in a URL is refused and not repeated."""
    (empty_folder / "connector.toml").write_text(content)
    with pytest.raises(SettingsError, match=expected) as caught:
        load()
    assert "secret" not in str(caught.value)


def test_a_named_file_must_exist() -> None:
    """`--config` with a typing mistake is an error, not a silent default."""
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load(Path("nowhere.toml"))


def test_a_file_that_is_no_text_is_named(empty_folder: Path) -> None:
    """Settings in another encoding than UTF-8 end in one line, too."""
    (empty_folder / "connector.toml").write_bytes(b"catalogue = '\xff'\n")
    with pytest.raises(SettingsError, match=r"connector\.toml.*cannot be read.*UTF-8"):
        load()


def test_a_flag_reaches_every_setting() -> None:
    """Sections within sections by dots, lists and tables as JSON; other brackets are text."""
    settings = load(
        overrides=(
            "ingest.deadletters.payload_bytes=100",
            'search.quarantined=["synonyms", "diversity"]',
            'gateway.rules={"shop": "pass"}',
            "gateway.rules.shop-b*=shadow",
            "ingest.http=[::1]:9464",
            "opensearch.password={secret",
        )
    )
    assert settings.ingest.deadletters.payload_bytes == 100
    assert settings.search.quarantined == ("synonyms", "diversity")
    assert settings.gateway.rules == {"shop": "pass", "shop-b*": "shadow"}
    assert settings.ingest.http == "[::1]:9464"
    assert settings.opensearch.password
    assert settings.opensearch.password.get_secret_value() == "{secret"


def test_a_variable_that_is_no_list_is_told_how_to_write_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list in a CONNECTOR_ variable is JSON; the message says so and shows one."""
    monkeypatch.setenv("CONNECTOR_SEARCH__QUARANTINED", "synonyms")
    with pytest.raises(SettingsError, match=r'"search".*JSON.*\["synonyms"\]'):
        load()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (("encoder.device",), "KEY=VALUE"),
        (("nonsense=1",), "nonsense"),
        (("encoder.nonsense=1",), r"encoder\.nonsense"),
        (("encoder=cpu", "encoder.device=cpu"), "'encoder' whole"),
        (("search.quarantined=synonyms",), r'search\.quarantined.*\["one","two"\]'),
        (("redis.url=redis://:secret@redis:port/0",), r"redis\.url"),
        (("gateway.traces=http://me:secret@traces:4318",), r"gateway\.traces"),
    ],
)
def test_a_wrong_flag_is_refused(flags: tuple[str, ...], expected: str) -> None:
    """`--set` takes KEY=VALUE of a known key; a password in an address is not repeated."""
    with pytest.raises(SettingsError, match=expected) as caught:
        load(overrides=flags)
    assert "secret" not in str(caught.value)


def test_settings_prints_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`connector settings` shows that a password is set, never what it is."""
    monkeypatch.setenv("CONNECTOR_OPENSEARCH__PASSWORD", "hunter2")
    monkeypatch.setenv("CONNECTOR_KAFKA__SASL_PLAIN_PASSWORD", "hunter2")
    monkeypatch.setenv("CONNECTOR_REDIS__URL", "rediss://:hunter2@redis:6379/0")
    assert run(["settings"]) == 0
    assert run(["settings", "--json"]) == 0
    out = capsys.readouterr().out
    assert "hunter2" not in out
    assert "opensearch.password = **" in out
    assert "redis.url = rediss://:**********@redis:6379/0" in out


def test_the_command_reports_wrong_settings_with_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong variable is a usage error in one line."""
    monkeypatch.setenv("CONNECTOR_INGEST__BATCH_RECORDS", "many")
    assert run(["settings"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "ingest.batch_records" in lines[0]


def test_settings_can_be_sent_to_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read and checked once arrives as it is, secrets too."""
    monkeypatch.setenv("CONNECTOR_OPENSEARCH__PASSWORD", "hidden")
    sent = load(None, ("encoder.device=cpu",))
    arrived = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own
    assert arrived == sent
    assert arrived.opensearch.password.get_secret_value() == "hidden"
