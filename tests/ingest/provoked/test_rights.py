"""Answers of a real OpenSearch to whoever lacks the rights (2.19 with its security plugin)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from kit.node import node
from plugins.provoke import connect, send, update

from connector.errors import ClusterRefusedError
from connector.local.access import Access
from ingest.write.answer import unreadable

PASSWORD = "Xy-12345-abc-QQ"


@pytest.fixture(scope="module")
def access() -> Iterator[Access]:
    """A secured node with an index `i`."""
    with node(release="2.19", secure=True) as running:
        running.access.call("PUT", "/i", {"settings": {"number_of_replicas": 0}})
        yield running.access


def limited(access: Access, **rights: list[str]) -> Access:
    role = {
        "cluster_permissions": rights.get("cluster", []),
        "index_permissions": [{"index_patterns": ["other"], "allowed_actions": ["read"]}],
    }
    return access.add_user("limited", PASSWORD, role)


def test_401(access: Access) -> None:
    """A wrong password stops the worker and is told as such."""
    wrong = connect(replace(access, password="wrong-Wrong-1"))
    with pytest.raises(ClusterRefusedError, match=r"401.*opensearch\.password"):
        send(wrong, "i", update("i", "1", n=1))


def test_403_of_an_item(access: Access) -> None:
    """May send bulk requests, may not write to this index."""
    user = limited(access, cluster=["indices:data/write/bulk", "indices:data/read/mget"])
    with pytest.raises(ClusterRefusedError, match=r"403.*docs/security\.md"):
        send(connect(user), "i", update("i", "1", n=1))
    answer = connect(user).mget(index="i", body={"ids": ["1"]})
    error = unreadable("i", answer["docs"][0]["error"])
    assert isinstance(error, ClusterRefusedError)
    assert "docs/security.md" in str(error)


def test_403_without_any_rights(access: Access) -> None:
    """Not even for sending bulk requests."""
    access.call("PUT", "/_plugins/_security/api/internalusers/nobody", {"password": PASSWORD})
    user = replace(access, username="nobody", password=PASSWORD)
    with pytest.raises(ClusterRefusedError, match=r"403.*docs/security\.md") as raised:
        send(connect(user), "i", update("i", "1", n=1))
    assert PASSWORD not in str(raised.value)
