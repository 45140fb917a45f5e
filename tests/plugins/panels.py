"""The dashboards' panels, asked for what one test recorded."""

from typing import Any

from opensearchpy import OpenSearch

from mappings.dashboards.boards import BOARDS
from mappings.dashboards.panel import Panel
from mappings.dashboards.sources import PREFIX, SOURCES

Json = dict[str, Any]


def empty(client: OpenSearch, board: str, ours: Json, prefix: str = PREFIX) -> set[str]:
    """Return the panels of a board that show nothing, or have a column without a figure.

    Args:
        client: of the cluster.
        board: its id.
        ours: a query that only the test's documents meet.
        prefix: that begins the names of the indices of behaviour.
    """
    (own,) = (each for each in BOARDS if each.id == board)
    return {each.id for each in own.panels if not _filled(client, each, own.since, ours, prefix)}


def _filled(client: OpenSearch, panel: Panel, since: str, ours: Json, prefix: str) -> bool:
    source, body = SOURCES[panel.source], panel.query.body()
    within = [{"range": {source.time: {"gte": since, "lte": "now"}}}] if source.time else []
    body["query"] = {"bool": {"filter": [ours, *within]}}
    rows = panel.query.rows(client.search(index=source.pattern(prefix), body=body))
    columns = [part.name for part in (*panel.query.splits, *panel.query.measures)]
    return bool(rows) and all(any(row[name] is not None for row in rows) for name in columns)
