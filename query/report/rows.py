"""Every panel's rows, asked of the cluster as Dashboards would."""

from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from mappings.dashboards.boards import BOARDS
from mappings.dashboards.panel import Board, Panel
from mappings.dashboards.sources import PREFIX, SOURCES

Row = dict[str, Any]


@dataclass(frozen=True)
class Filled:
    """A panel and what it got; no rows where nothing was recorded."""

    panel: Panel
    rows: list[Row]


def fill(client: OpenSearch, days: int, prefix: str = PREFIX) -> list[tuple[Board, list[Filled]]]:
    """Return every board with its panels' rows of the last days.

    Args:
        client: of the cluster.
        days: how far back.
        prefix: that begins the names of the indices of behaviour.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    return [
        (board, [_filled(client, panel, days, prefix) for panel in board.panels])
        for board in BOARDS
    ]


def _filled(client: OpenSearch, panel: Panel, days: int, prefix: str) -> Filled:
    source, body = SOURCES[panel.source], panel.query.body()
    if source.time:
        body["query"] = {"range": {source.time: {"gte": f"now-{days}d"}}}
    with faults(f"asking for the panel {panel.id!r}"):
        answer = client.search(index=source.pattern(prefix), body=body)
    return Filled(panel, panel.query.rows(answer))
