"""Users of a secured cluster, each with rights of its own."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from connector.local.access import Access
from connector.settings import OpenSearchSettings

_API = "/_plugins/_security/api"


def require_users(access: Access | OpenSearchSettings) -> None:
    """Skip where the cluster has no users: anybody may do anything there."""
    if not access.username:
        pytest.skip("a cluster without users")


def user_of(access: Access, name: str, rights: Mapping[str, Any]) -> Access:
    """Return how to reach a cluster as a user with exactly these rights, made or replaced.

    Args:
        access: of an administrator.
        name: of the user, and of a role that only they have.
        rights: body of the security plugin's roles API, as in docker/security/roles.json.
    """
    password = uuid.uuid4().hex + "-Aa1"
    access.call("PUT", f"{_API}/roles/{name}", rights)
    access.call("PUT", f"{_API}/internalusers/{name}", {"password": password, "description": name})
    access.call("PUT", f"{_API}/rolesmapping/{name}", {"users": [name]})
    return Access(access.url, name, password, access.ca_file)
