import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from opensearchpy import OpenSearch
from plugins.query_shop import Shop
from plugins.servers import environment
from plugins.users import require_users, user_of

from connector.cli import cli
from connector.cluster import connect
from connector.errors import ClusterRefusedError
from connector.local.plan import Addresses
from connector.local.stack import settings_for
from connector.settings import Settings
from query.pipelines.install import Resource, apply, by_rank, remove, resources
from query.pipelines.shares import Shares

pytestmark = pytest.mark.server


@pytest.mark.usefixtures("installed")
def test_what_stands_there_is_left_alone(client: OpenSearch, wanted: tuple[Resource, ...]) -> None:
    """Applied again nothing is written; other weights are, and the old ones come back."""
    assert apply(client, wanted) == []
    changed = wanted[0].body | {"version": 7}
    assert apply(client, [Resource(wanted[0].kind, wanted[0].path, changed)])
    assert apply(client, wanted) == [f"wrote the search pipeline {wanted[0].name!r}"]


def test_what_was_removed_is_gone(client: OpenSearch, shop: Shop, version: str) -> None:
    """All that was written is taken out again, and a second time there is nothing to do."""
    other = shop.catalogue.model_copy(update={"name": f"{shop.alias}-gone"})
    wanted = resources(other, Shares(0.5, 0.2, 0.3, 1.0), 10, version)
    assert len(apply(client, wanted)) == len(wanted) == 4
    assert len(remove(client, wanted)) == 4
    assert remove(client, wanted) == []


def test_ranks_are_weighted_where_the_cluster_can() -> None:
    """Weights of ranks came with 3.1."""
    parts: list[Any] = [
        by_rank([0.5, 0.5], version)["phase_results_processors"][0]["score-ranker-processor"]
        for version in ("2.19.1", "3.0.0", "3.1.0", "3.6.0")
    ]
    assert ["parameters" in part["combination"] for part in parts] == [False, False, True, True]


def test_who_may_only_search_installs_nothing(
    reader: Settings, wanted: tuple[Resource, ...]
) -> None:
    """Where rights exist, a reader's do not reach."""
    require_users(reader.opensearch)
    with pytest.raises(ClusterRefusedError):
        apply(connect(reader.opensearch), wanted)


@pytest.mark.parametrize("lacking", ["search/pipeline", "script"])
def test_who_lacks_a_right_leaves_nothing_half_done(
    lacking: str, client: OpenSearch, addresses: Addresses, shop: Shop, version: str
) -> None:
    """Whichever part may not be written, no other part is."""
    require_users(addresses.opensearch)
    held = [f"cluster:admin/{part}/*" for part in ("search/pipeline", "script") if part != lacking]
    rights = {"cluster_permissions": held, "index_permissions": []}
    user = user_of(addresses.opensearch, f"{shop.alias}-half", rights)
    other = shop.catalogue.model_copy(update={"name": f"{shop.alias}-half"})
    wanted = resources(other, Shares(0.5, 0.2, 0.3, 1.0), 10, version)
    settings = settings_for(replace(addresses, opensearch=user))
    with pytest.raises(ClusterRefusedError, match=f"{lacking}/get"):
        apply(connect(settings.opensearch), wanted)
    assert remove(client, wanted) == []


def test_the_command_installs_shows_and_removes(
    admin: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what it did, and prints requests that can be sent by hand."""
    for name, value in environment(admin).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(cli, ["pipelines", *arguments, "--index", shop.alias])
        assert done.exit_code == 0, done.output
        return done.stdout

    requests = json.loads(run("show", "--json", "--model-id", "embedder"))
    paths = [request["path"] for request in requests]
    assert f"/_search/pipeline/{shop.alias}-hybrid" in paths
    assert all(
        "neural" in one["body"]["script"]["source"] for one in requests if "_scripts" in one["path"]
    )
    assert "PUT /_scripts/" in run("show")
    run("apply")
    assert "nothing to do" in run("apply")
    assert len(json.loads(run("remove", "--json"))["done"]) == 4
    assert "nothing to do" in run("remove")
    run("apply")
