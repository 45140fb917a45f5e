"""What is wrong with a file of settings, in one line: file, line, key, what to write."""

import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from mappings.locate import line_of
from mappings.tables import MisplacedError

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)")
_Tables = Sequence[type[BaseModel]]
_SHOWN = 60
_MISSING = "is missing"


def not_toml(file: Path, error: tomllib.TOMLDecodeError) -> str:
    """Explain a file that is not TOML."""
    found = _AT_LINE.search(str(error))
    line = f":{found.group(1)}" if found else ""
    return f"{file}{line}: not valid TOML: {_AT_LINE.sub('', str(error))}"


def not_valid(file: Path, text: str, error: ValidationError, tables: _Tables) -> str:
    """Explain a TOML file that says something wrong: its first fault, what is missing last.

    Args:
        file: where it stands.
        text: of the file.
        error: what is wrong.
        tables: the class of the whole file, then those of its tables; unknown keys are likened
            to theirs.
    """
    faults = [_place_and_message(fault, tables) for fault in error.errors(include_url=False)]
    path, message = min(faults, key=lambda fault: (fault[1] == _MISSING, line_of(text, fault[0])))
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{file}:{line_of(text, path)}: {'.'.join(path) or 'the file'}: {message}{more}"


def _place_and_message(fault: Any, tables: _Tables) -> tuple[list[str], str]:
    path = [str(part) for part in fault["loc"] if part != "[key]"]
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, MisplacedError):
        return [*path, *cause.path], str(cause)
    if fault["type"] == "missing":
        return path, _MISSING
    if fault["type"] == "extra_forbidden":
        return path, f"unknown key{_hint(path, tables)}"
    if fault["loc"][-1:] == ("[key]",):
        return path, "a name is of small letters, digits and _, and starts with a letter"
    message = fault["msg"].removeprefix("Value error, ")
    return path, f"{message[:1].lower()}{message[1:]}{_found(fault['input'])}"


def _hint(path: list[str], tables: _Tables) -> str:
    inside = tables[1:] if len(path) > 1 else tables[:1]
    keys = [key for table in inside for key in table.model_fields]
    close = get_close_matches(path[-1], keys, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _found(value: object) -> str:
    if isinstance(value, dict | list | tuple):
        return ""
    shown = repr(value)
    return f", found {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'}"
