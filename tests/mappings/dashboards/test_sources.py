from typing import Any

from ingest.reindex import ledger
from mappings.dashboards.sources import EVENTS, QUERIES, REINDEX, SOURCES
from query.ubi import indices


def flat(properties: dict[str, Any], above: str = "") -> dict[str, str]:
    """Every field that can be searched, with its type."""
    found: dict[str, str] = {}
    for name, field in properties.items():
        if field.get("enabled") is False:
            continue
        if "properties" in field:
            found |= flat(field["properties"], f"{above}{name}.")
            continue
        found[above + name] = field["type"]
        found |= flat(field.get("fields", {}), f"{above}{name}.")
    return found


def test_index_patterns_know_the_fields_that_their_indices_have() -> None:
    """Behaviour and reindex are written elsewhere; their templates and what panels know agree."""
    theirs = {
        QUERIES: indices.QUERIES,
        EVENTS: indices.EVENTS,
        REINDEX: ledger._BODY["mappings"]["properties"],
    }
    for name, properties in theirs.items():
        assert SOURCES[name].fields == flat(properties), name
    assert REINDEX == ledger.INDEX
