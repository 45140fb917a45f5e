"""Every board there is, in the order in which people look."""

from mappings.dashboards import behaviour, ingest, relevance
from mappings.dashboards.panel import Board, Panel

BOARDS: tuple[Board, ...] = (relevance.BOARD, behaviour.BOARD, ingest.BOARD)
PANELS: tuple[Panel, ...] = tuple(panel for board in BOARDS for panel in board.panels)
