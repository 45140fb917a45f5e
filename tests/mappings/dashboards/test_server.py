import base64
import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from opensearchpy import OpenSearch
from plugins.dashboards import Dashboards, dashboards
from plugins.servers import environment
from pydantic import SecretStr

from connector.cli import cli
from connector.errors import ClusterRefusedError, ClusterUnavailableError
from connector.settings import DashboardsSettings, Settings
from mappings.dashboards.boards import BOARDS, PANELS
from mappings.dashboards.objects import ndjson, saved_objects
from mappings.dashboards.server import Server
from mappings.history import fields


@pytest.fixture
def there() -> Iterator[Dashboards]:
    """A stand-in for Dashboards."""
    with dashboards() as running:
        yield running


def server(there: Dashboards, **more: object) -> Server:
    return Server(DashboardsSettings(url=there.url, **more))  # type: ignore[arg-type]


def test_what_is_imported_twice_is_there_once(there: Dashboards) -> None:
    """Objects have fixed ids and replace themselves."""
    objects = saved_objects()
    for _ in range(2):
        assert server(there).import_(ndjson(objects)) == len(objects)
    assert len(there.objects) == len(objects)


def test_an_object_that_is_not_taken_is_named(there: Dashboards) -> None:
    """With what it lacks, so that nobody has to look into Dashboards' own log."""
    without = [each for each in saved_objects() if each["id"] != PANELS[0].id]
    with pytest.raises(ClusterRefusedError, match=f"missing_references.*{PANELS[0].id}"):
        server(there).import_(ndjson(without))
    strange = {**saved_objects()[0], "type": "lens"}
    with pytest.raises(ClusterRefusedError, match="unsupported_type"):
        server(there).import_(ndjson([strange]))


def test_credentials_and_tenant_go_along_and_nowhere_else(there: Dashboards) -> None:
    """A wrong password is refused in words that do not hold it."""
    there.authorization = f"Basic {base64.b64encode(b'ann:right').decode()}"
    right = server(there, username="ann", password=SecretStr("right"), tenant="global")
    assert right.version() == "2.8.0"
    assert there.headers["securitytenant"] == "global"
    with pytest.raises(ClusterRefusedError, match=r"\(401\).*dashboards\.username") as refused:
        server(there, username="ann", password=SecretStr("wrong")).version()
    assert "wrong" not in str(refused.value)


def test_one_that_starts_or_is_away_may_be_tried_again(there: Dashboards) -> None:
    """Both are a matter of time; an address that is another server's is not."""
    there.status = 503
    with pytest.raises(ClusterUnavailableError, match="not ready"):
        server(there).version()
    with pytest.raises(ClusterUnavailableError, match=r"dashboards\.url"):
        Server(DashboardsSettings(url="http://127.0.0.1:1")).version()
    there.status = 418
    with pytest.raises(ClusterRefusedError, match="no JSON"):
        server(there).version()


def test_the_command_installs_everything(
    there: Dashboards, client: OpenSearch, admin: Settings
) -> None:
    """Templates and indices in OpenSearch, objects in Dashboards; it says where to look."""
    settings = environment(admin) | {"CONNECTOR_DASHBOARDS__URL": there.url}
    for _ in range(2):
        done = CliRunner().invoke(cli, ["dashboards", "apply", "--json"], env=settings)
        assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["objects"] == len(there.objects)
    assert set(said["dashboards"]) == {board.id for board in BOARDS}
    for index in fields.FIELDS:
        assert client.indices.exists(index=index)
