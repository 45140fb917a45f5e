"""Write the tables of docs/dashboards.md again: panels, and the fields of the two indices."""

import re
import sys
from pathlib import Path

from mappings.dashboards.boards import BOARDS
from mappings.dashboards.sources import SOURCES
from mappings.history.fields import FIELDS

FILE = Path(__file__).parent / "dashboards.md"


def panels() -> str:
    """Return the table of panels."""
    rows = [
        f"| {board.title.en} | {panel.title.en} | {panel.note.en} | `{SOURCES[panel.source].pattern()}` |"
        for board in BOARDS
        for panel in board.panels
    ]
    return "\n".join(["| board | panel | reads | from |", "|---|---|---|---|", *rows])


def fields(index: str) -> str:
    """Return the table of an index's fields."""
    rows = [f"| `{name}` | {field.type} | {field.what} |" for name, field in FIELDS[index].items()]
    return "\n".join(["| field | type | is |", "|---|---|---|", *rows])


def document(text: str) -> str:
    """Return the page with its tables as the code says."""
    tables = {"panels": panels(), **{index: fields(index) for index in FIELDS}}
    for name, table in tables.items():
        between = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        text, found = re.subn(
            between, lambda m, t=table: f"{m[1]}{t}\n{m[2]}", text, flags=re.DOTALL
        )
        if not found:
            raise LookupError(f"{FILE.name} has no mark <!-- {name} -->")
    return text


if __name__ == "__main__":
    FILE.write_text(document(FILE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{FILE}\n")
