"""Real servers for tests: one stack for the whole run, and names that nobody else uses.

`CONNECTOR_TEST_STACK=HOME` lends a stack that runs already (`connector local up --home HOME`).
`--opensearch 2.19 --secure` runs the previous major over TLS, and then `writer`, `reader` and
`doctor` have the rights of docker/security/roles.json and no others.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kafka.net.inet import KafkaNetSocket
from opensearchpy import OpenSearch
from plugins.users import user_of

from connector import broker, cluster
from connector.local import places
from connector.local.plan import Addresses
from connector.local.stack import settings_for
from connector.local.state import read_status
from connector.settings import Settings

ROLES = Path(__file__).parents[2] / "docker" / "security" / "roles.json"
# Every catalogue of a test is named so, and the roles of the tests reach no further.
PREFIX = "t-"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of the server to run against."""
    parser.addoption("--opensearch", default="3.6", choices=["3.6", "2.19"])
    parser.addoption("--secure", action="store_true", help="TLS and the security plugin (2.19)")


def pytest_configure() -> None:
    """Let Ctrl-C be heard, and servers of a few minutes be compiled quickly rather than well.

    What a shell starts in the background ignores Ctrl-C, and so do its children. The second compiler
    takes half of such a server's processor time, and never earns it back.
    """
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for servers, so that a second cluster repeats nothing that has none."""
    for item in items:
        if isinstance(item, pytest.Function) and "addresses" in item.fixturenames:
            item.add_marker("server")


@pytest.fixture(scope="session")
def addresses(request: pytest.FixtureRequest) -> Iterator[Addresses]:
    """Addresses of real, healthy servers."""
    lent = os.environ.get("CONNECTOR_TEST_STACK")
    if lent:
        status = read_status(Path(lent))
        assert status is not None, f"no stack in {lent}"
        yield status.addresses
        return
    home = places.default_home().with_name(f"{places.NAME}-tests-{os.getpid()}")
    options = ["--opensearch", request.config.getoption("--opensearch")]
    if request.config.getoption("--secure"):
        options.append("--secure")
    with attached(home, *options) as found:
        yield found
    shutil.rmtree(home, ignore_errors=True)


# The kernel ends the servers with the run, also when that is killed.
_ATTACHED = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() == int(sys.argv.pop(1)):
    from connector.cli import main
    main()
"""


@contextlib.contextmanager
def attached(home: Path, *options: str) -> Iterator[Addresses]:
    """Run `connector local up --foreground` on free ports for as long as the block lasts."""
    ports = ("--opensearch-port=0", "--kafka-port=0", "--redis-port=0")
    command = ["local", "up", "--foreground", "--json", "--home", str(home), *ports, *options]
    with subprocess.Popen(
        [sys.executable, "-c", _ATTACHED, str(os.getpid()), *command],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        said = ""
        for line in process.stdout or ():
            said += line
            if line == "}\n":
                break
        if not said.endswith("}\n"):
            pytest.fail(f"no servers to test against: `connector {' '.join(command)}` says why")
        try:
            yield Addresses.from_json(json.loads(said))
        finally:
            process.terminate()
            process.wait(240)


@pytest.fixture(scope="session")
def admin(addresses: Addresses) -> Settings:
    """Settings of a user who may do everything."""
    return _patient(addresses)


@pytest.fixture(scope="session")
def writer(addresses: Addresses) -> Settings:
    """Settings of a user with a writer's rights on the tests' catalogues, where that exists."""
    return _user(addresses, "connector_writer")


@pytest.fixture(scope="session")
def reader(addresses: Addresses) -> Settings:
    """Settings of a user with a reader's rights on the tests' catalogues, where that exists."""
    return _user(addresses, "connector_reader")


@pytest.fixture(scope="session")
def doctor(addresses: Addresses) -> Settings:
    """Settings of a user with the doctor's rights on the tests' catalogues, where that exists."""
    return _user(addresses, "connector_doctor")


@pytest.fixture(scope="session")
def purger(addresses: Addresses) -> Settings:
    """Settings of a user who may purge the tests' catalogues, where that exists."""
    return _user(addresses, "connector_purger")


@pytest.fixture(scope="session")
def installer(addresses: Addresses) -> Settings:
    """Settings of a user who may install the tests' pipelines, where that exists."""
    return _user(addresses, "connector_installer")


@pytest.fixture(scope="session")
def reindexer(addresses: Addresses) -> Settings:
    """Settings of a user with a reindexer's rights on the tests' catalogues, where that exists."""
    return _user(addresses, "connector_reindexer")


@pytest.fixture(scope="session")
def client(admin: Settings) -> Iterator[OpenSearch]:
    """A client of a user who may do everything."""
    connected = cluster.connect(admin.opensearch)
    yield connected
    connected.close()


@pytest.fixture
def catalogue_name(client: OpenSearch) -> Iterator[str]:
    """A catalogue name that is free; index, alias and template under it are dropped afterwards."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    yield name
    client.indices.delete(index=f"{name}*", params={"ignore_unavailable": "true"})
    client.indices.delete_index_template(name=name, params={"ignore": 404})


@pytest.fixture
def topic(admin: Settings) -> Iterator[str]:
    """A topic name that is free; the topic and its dead letters are dropped afterwards."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    yield name
    with contextlib.closing(broker.admin(admin.kafka)) as kafka:
        ours = [each for each in kafka.list_topics() if each.startswith(name)]
        if ours:
            kafka.delete_topics(ours)


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which the command reaches the servers of `settings`."""
    cluster_, password = settings.opensearch, settings.opensearch.password
    values = {
        "CONNECTOR_OPENSEARCH__URL": cluster_.url,
        "CONNECTOR_OPENSEARCH__USERNAME": cluster_.username,
        "CONNECTOR_OPENSEARCH__PASSWORD": password.get_secret_value() if password else None,
        "CONNECTOR_OPENSEARCH__CA_FILE": cluster_.ca_file and str(cluster_.ca_file),
        "CONNECTOR_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "CONNECTOR_KAFKA__TIMEOUT_S": str(settings.kafka.timeout_s),
        "CONNECTOR_REDIS__URL": settings.redis.url,
    }
    return os.environ | {name: value for name, value in values.items() if value}


def _user(addresses: Addresses, role: str) -> Settings:
    access = addresses.opensearch
    if not access.username:
        return _patient(addresses)
    user = user_of(access, role, _rights(role))
    return _patient(replace(addresses, opensearch=user))


def _patient(addresses: Addresses) -> Settings:
    """Point at servers, and give a Kafka that waits for its processor time to answer."""
    made = settings_for(addresses)
    kafka = made.kafka.model_copy(update={"timeout_s": 120.0})
    return made.model_copy(update={"kafka": kafka})


def _rights(role: str) -> dict[str, Any]:
    """Read a shipped role, with the tests' catalogues where it says CATALOGUE."""
    text = ROLES.read_text("utf-8").replace("CATALOGUE-v*", PREFIX + "*")
    rights: dict[str, Any] = json.loads(text.replace("CATALOGUE", PREFIX + "*"))[role]
    return rights


@pytest.fixture(scope="session", autouse=True)
def _every_socket_is_closed() -> Iterator[None]:
    """Close what kafka-python 3.0.12 leaves to the garbage collector, whose warnings are errors here.

    A client that is closed while it connects, as happens on a busy machine, forgets that socket.
    """
    connect = KafkaNetSocket.sock_connect

    async def closing(self: Any, net: Any, sock: Any, *args: Any, **more: Any) -> Any:
        try:
            return await connect(self, net, sock, *args, **more)
        except BaseException:
            sock.close()
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KafkaNetSocket, "sock_connect", closing)
        yield


@pytest.fixture(scope="session", autouse=True)
def _clients_have_patience() -> Iterator[None]:
    """Let httpx wait: unless told otherwise it gives a server 5 s, and a busy machine takes them."""
    from httpx._config import DEFAULT_TIMEOUT_CONFIG

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "read", "write", "pool"):
            patch.setattr(DEFAULT_TIMEOUT_CONFIG, name, 120.0)
        yield
