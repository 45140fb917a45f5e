"""The new index is created, relaxed while it is filled, and proven whole before searches reach it."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import RefusedError, RetryLaterError
from mappings.apply import put_template
from mappings.catalogue import Catalogue
from mappings.contract import ModelContract
from mappings.index import index_body, settings_of
from mappings.live import NOT_FOUND, LiveIndex

# What a new index does without while it is filled. Not the translog's durability: a slice that the
# ledger calls done has to outlive the node.
RELAXED: Mapping[str, str] = {"index.refresh_interval": "-1", "index.number_of_replicas": "0"}
# How long copies of the shards may take to be there before the next look.
_LOOK_S = 1.0


def create(
    client: OpenSearch, name: str, catalogue: Catalogue, contract: ModelContract, old: LiveIndex
) -> None:
    """Create an index and its template, where they are missing; relaxed, behind no alias."""
    body = index_body(catalogue, contract)
    body["settings"]["index"] |= {
        key.removeprefix("index."): value for key, value in RELAXED.items()
    }
    if "topics" in old.meta:
        body["mappings"]["_meta"]["connector"]["topics"] = old.meta["topics"]
    with faults(f"creating the index {name!r}"):
        # First: what an older template says would get into the new index.
        put_template(client, catalogue, contract)
        if not client.indices.exists(index=name):
            client.indices.create(index=name, body=body)


def restore(client: OpenSearch, name: str, catalogue: Catalogue) -> None:
    """Give an index back what it did without, and let every write so far be found."""
    wanted = settings_of(catalogue)["index"]
    lasting = {key: wanted[key.removeprefix("index.")] for key in RELAXED}
    with faults(f"restoring the settings of {name!r}"):
        client.indices.put_settings(index=name, body=lasting)
        client.indices.refresh(index=name)


def require_lasting(client: OpenSearch, name: str, catalogue: Catalogue) -> None:
    """Check that an index has the settings that its catalogue asks for, durable writes among them.

    Raises:
        RefusedError: names what differs.
    """
    with faults(f"reading the settings of {name!r}"):
        found = client.indices.get_settings(
            index=name, params={"flat_settings": "true", "include_defaults": "true"}
        )[name]
    there = {**found["defaults"], **found["settings"]}
    wanted = settings_of(catalogue)["index"]
    expected = {key: wanted[key.removeprefix("index.")] for key in RELAXED}
    expected["index.translog.durability"] = "REQUEST"
    wrong = [
        f"{key} is {there.get(key)}, not {value}"
        for key, value in expected.items()
        if str(there.get(key)).lower() != str(value).lower()
    ]
    if wrong:
        raise RefusedError(
            f"index {name!r} is not as its catalogue wants it: {'; '.join(wrong)}; somebody has "
            "changed it: set it back, then `connector reindex resume`"
        )


def await_copies(client: OpenSearch, name: str, wait: Callable[[float], object]) -> None:
    """Wait until every copy of an index's shards that the catalogue asks for has started.

    Raises:
        RetryLaterError: no copy has started for ten minutes, or waiting was cut short.
    """
    deadline = time.monotonic() + 600
    while True:
        with faults(f"looking at the shards of {name!r}"):
            health: dict[str, Any] = client.cluster.health(index=name)
        if health["status"] == "green":
            return
        if wait(_LOOK_S) or time.monotonic() > deadline:
            raise RetryLaterError(
                f"index {name!r} has {health['unassigned_shards']} copies without a node; add "
                "nodes, or lower index.replicas in the catalogue, then `connector reindex resume`"
            )


def there(client: OpenSearch, name: str) -> bool:
    """Whether an index exists."""
    with faults(f"looking for the index {name!r}"):
        return bool(client.indices.exists(index=name))


def drop(client: OpenSearch, name: str) -> None:
    """Delete an index where it is there."""
    with faults(f"deleting the index {name!r}"):
        client.indices.delete(index=name, params={"ignore": NOT_FOUND})
