import re
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from connector.errors import CatalogueError, DeadLetterError
from ingest.decoders import formats
from ingest.decoders.debezium import DEBEZIUM
from ingest.decoders.formats import format_named
from ingest.decoders.plain import JSON
from ingest.decoders.row import Format

DOCS = Path(__file__).parents[3] / "docs" / "decoders.md"


def test_the_package_brings_two() -> None:
    """By entry point, like any other."""
    assert (format_named("json"), format_named("debezium")) == (JSON, DEBEZIUM)


def test_a_format_that_is_not_installed_is_named_with_those_that_are() -> None:
    """The catalogue is at fault, not a record."""
    with pytest.raises(CatalogueError, match="'avro'; installed are debezium, json"):
        format_named("avro")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("ingest.nowhere:X", "cannot be loaded"),
        ("ingest.parse:parse", "expected an ingest.decoders"),
    ],
)
def test_an_entry_point_to_something_else_is_told(
    value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a record is read."""
    entry = EntryPoint("broken", value, formats.GROUP)
    monkeypatch.setattr(formats, "entry_points", lambda **_: [entry])
    with pytest.raises(CatalogueError, match=said):
        format_named.__wrapped__("broken")


def test_the_format_of_the_documentation_works() -> None:
    """Its code is run as it stands there."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    made: dict[str, Any] = {}
    exec(code, made)  # noqa: S102 - our own documentation
    assert isinstance(made["CSV"], Format)
    opened = made["CSV"].open(b"7;Lamp;9.50")
    assert opened is not None
    assert opened.fields == {"id": "7", "title": "Lamp", "price": "9.50"}
    with pytest.raises(DeadLetterError, match="3 columns"):
        made["CSV"].open(b"7")
