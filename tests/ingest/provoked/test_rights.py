"""Answers to whoever lacks the rights, where a cluster has users: `--opensearch 2.19 --secure`."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from plugins.provoke import connect, send, update
from plugins.servers import PREFIX
from plugins.users import require_users, user_of

from connector.errors import ClusterRefusedError
from connector.local.access import Access
from connector.local.plan import Addresses
from ingest.write.answer import unreadable

INDEX = f"{PREFIX}{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def access(addresses: Addresses) -> Iterator[Access]:
    """A secured cluster with an index."""
    require_users(addresses.opensearch)
    addresses.opensearch.call("PUT", f"/{INDEX}", {"settings": {"number_of_replicas": 0}})
    yield addresses.opensearch
    addresses.opensearch.call("DELETE", f"/{INDEX}")


def limited(access: Access, **rights: list[str]) -> Access:
    role = {
        "cluster_permissions": rights.get("cluster", []),
        "index_permissions": [{"index_patterns": ["other"], "allowed_actions": ["read"]}],
    }
    return user_of(access, "limited", role)


def test_401(access: Access) -> None:
    """A wrong password stops the worker and is told as such."""
    wrong = connect(replace(access, password="wrong-Wrong-1"))
    with pytest.raises(ClusterRefusedError, match=r"401.*opensearch\.password"):
        send(wrong, INDEX, update(INDEX, "1", n=1))


def test_403_of_an_item(access: Access) -> None:
    """May send bulk requests, may not write to this index."""
    user = limited(access, cluster=["indices:data/write/bulk", "indices:data/read/mget"])
    with pytest.raises(ClusterRefusedError, match=r"403.*docs/security\.md"):
        send(connect(user), INDEX, update(INDEX, "1", n=1))
    answer = connect(user).mget(index=INDEX, body={"ids": ["1"]})
    error = unreadable(INDEX, answer["docs"][0]["error"])
    assert isinstance(error, ClusterRefusedError)
    assert "docs/security.md" in str(error)


def test_403_without_any_rights(access: Access) -> None:
    """Not even for sending bulk requests."""
    user = user_of(access, "nobody", {"cluster_permissions": []})
    with pytest.raises(ClusterRefusedError, match=r"403.*docs/security\.md") as raised:
        send(connect(user), INDEX, update(INDEX, "1", n=1))
    assert user.password
    assert user.password not in str(raised.value)
