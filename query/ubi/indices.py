"""The indices of behaviour: template, rollover and retention, all by one call that may be repeated.

Two aliases, `ubi_queries` and `ubi_events`, each over numbered indices. What a document may hold is
fixed: a field that UBI 1.3 does not know is refused by the cluster itself. Rollover and retention
need no plugin: a timer calls `apply`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from connector.settings import BehaviourSettings

Json = dict[str, Any]

_KEYWORD: Json = {"type": "keyword"}
_LONGER: Json = {"type": "keyword", "ignore_above": 256}
_NUMBER: Json = {"type": "float"}
_COUNT: Json = {"type": "integer"}
_COMMON: Json = {
    "application": _KEYWORD,
    "query_id": _KEYWORD,
    "client_id": _KEYWORD,
    "timestamp": {"type": "date"},
}

QUERIES: Json = {
    **_COMMON,
    "user_query": {"type": "text", "fields": {"keyword": _LONGER}},
    "object_id_field": _KEYWORD,
    "query_response_id": _KEYWORD,
    "query_response_hit_ids": _KEYWORD,
    "query_attributes": {
        "dynamic": "strict",
        "properties": {
            **dict.fromkeys(
                (
                    "user_id",
                    "session_id",
                    "catalogue",
                    "system",
                    "mode",
                    "weights",
                    "filters",
                    "experiment",
                    "variant",
                    "teams",
                ),
                _KEYWORD,
            ),
            "from": _COUNT,
            "size": _COUNT,
            "total": _COUNT,
            "took_ms": _NUMBER,
            "top_score": _NUMBER,
            # Read whole, for training; no field per term.
            "evidence": {"type": "object", "enabled": False},
        },
    },
}
EVENTS: Json = {
    **_COMMON,
    "action_name": _KEYWORD,
    "session_id": _KEYWORD,
    "user_id": _KEYWORD,
    "message_type": _KEYWORD,
    "event_attributes": {
        "dynamic": "strict",
        "properties": {
            "object": {
                "dynamic": "strict",
                "properties": {
                    "object_id": _LONGER,
                    "object_id_type": _KEYWORD,
                    "object_id_field": _KEYWORD,
                },
            },
            "position": {
                "dynamic": "strict",
                "properties": {
                    "ordinal": _COUNT,
                    "xy": {"properties": {"x": _NUMBER, "y": _NUMBER}},
                },
            },
        },
    },
}
# A new index begins with either.
ROLLOVER: Json = {"max_age": "7d", "max_docs": 20_000_000}


@dataclass(frozen=True)
class Document:
    """One document.

    Attributes:
        index: alias it is written to.
        id: of the document; what is written twice under one is there once.
        source: its fields.
    """

    index: str
    id: str
    source: Json


@dataclass(frozen=True)
class Names:
    """The two aliases."""

    queries: str
    events: str

    @classmethod
    def of(cls, settings: BehaviourSettings) -> "Names":
        """Return the names that the setting `behaviour.prefix` gives."""
        return cls(f"{settings.prefix}_queries", f"{settings.prefix}_events")


@dataclass(frozen=True)
class Applied:
    """What `apply` did.

    Attributes:
        created: aliases that were missing.
        rolled: aliases that began a new index.
        expired: documents older than the retention, removed.
        dropped: indices that were empty, and not written any more.
    """

    created: tuple[str, ...]
    rolled: tuple[str, ...]
    expired: int
    dropped: tuple[str, ...]


def apply(client: OpenSearch, settings: BehaviourSettings) -> Applied:
    """Make what is missing, roll over what is large or old, remove what is beyond the retention."""
    names = Names.of(settings)
    properties = {names.queries: QUERIES, names.events: EVENTS}
    for alias, fields in properties.items():
        client.indices.put_index_template(name=alias, body=template(alias, fields))
    created = tuple(alias for alias in properties if _created(client, alias))
    rolled = tuple(alias for alias in properties if alias not in created and _rolled(client, alias))
    expired = sum(_expired(client, alias, settings.retention_days) for alias in properties)
    dropped = tuple(name for alias in properties for name in _dropped(client, alias))
    # What was removed, here or for a person who is to be forgotten, leaves the files as well.
    both = f"{names.queries},{names.events}"
    client.indices.forcemerge(index=both, params={"only_expunge_deletes": "true"})
    return Applied(created, rolled, expired, dropped)


def template(alias: str, fields: Mapping[str, Any]) -> Json:
    """Return the index template of an alias."""
    return {
        "index_patterns": [f"{alias}-*"],
        "priority": 200,
        "template": {
            "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            "mappings": {"dynamic": "strict", "properties": dict(fields)},
        },
    }


def _created(client: OpenSearch, alias: str) -> bool:
    if client.indices.exists_alias(name=alias, index=f"{alias}-*"):
        return False
    body = {"aliases": {alias: {"is_write_index": True}}}
    client.indices.create(index=f"{alias}-000001", body=body)
    return True


def _rolled(client: OpenSearch, alias: str) -> bool:
    answer = client.indices.rollover(alias=alias, body={"conditions": ROLLOVER})
    return bool(answer["rolled_over"])


def _expired(client: OpenSearch, alias: str, days: int) -> int:
    old = {"range": {"timestamp": {"lt": f"now-{days}d"}}}
    params = {"refresh": "true", "conflicts": "proceed"}
    answer = client.delete_by_query(index=alias, body={"query": old}, params=params)
    return int(answer["deleted"])


def _dropped(client: OpenSearch, alias: str) -> list[str]:
    found = client.indices.get_alias(name=alias, index=f"{alias}-*")
    closed = [
        name for name, of in found.items() if not of["aliases"][alias].get("is_write_index", False)
    ]
    empty = [name for name in closed if not client.count(index=name)["count"]]
    for name in empty:
        client.indices.delete(index=name)
    return empty
