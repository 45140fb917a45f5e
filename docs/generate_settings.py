"""Print docs/settings.md: every setting with its default, as the settings themselves give it."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from connector.settings import Settings

INTRODUCTION = """\
# Settings

Written by `make docs` from the settings themselves; a test keeps it so.

They are read from `connector.toml` in the working directory (or `--config FILE`), from variables
above it, and from flags above those:

```toml
[search]
candidates = 100
```

```sh
export CONNECTOR_SEARCH__CANDIDATES=100
connector --set search.candidates=100 search "warm jacket"
```

Lists and tables are written as JSON in variables and flags: `'["synonyms"]'`. An unknown name is
refused. `connector settings` prints what is in effect, secrets hidden. What a catalogue decides, its
fields and its model, stands in [`catalogue.toml`](catalogue.md).
"""


def sections(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Yield a table of a section's own settings, then those of the sections in it."""
    rows, inside = [], []
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            inside.append((f"{above}{name}", type(field.default)))
        else:
            rows.append(f"| `{above}{name}` | {_default(field)} | {field.description} |")
    if rows:
        head = f"## {above.rstrip('.') or 'Of all'}\n\n{inspect.getdoc(model)}\n"
        yield "\n".join([head, "| setting | default | |", "|---|---|---|", *rows, ""])
    for name, section in inside:
        yield from sections(section, f"{name}.")


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True)
    if value is None:
        return ""
    written = str(value) if isinstance(value, str | Path) else json.dumps(value)
    return f"`{written}`"


def document() -> str:
    """Return the whole document."""
    return "\n".join([INTRODUCTION, *sections(Settings)])


if __name__ == "__main__":
    print(document(), end="")
