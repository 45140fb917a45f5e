"""The text template of a vector: plain text with `{field}`, nothing else."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"\{([^{}]*)\}")
_SPACES = re.compile(r"\s+")


def names_in(template: str) -> tuple[str, ...]:
    """Return the field names a template uses, in order, each once."""
    return tuple(dict.fromkeys(_NAME.findall(template)))


def render(template: str, fields: Mapping[str, object]) -> str:
    """Put the stored fields' text into a template; missing fields leave nothing.

    Lists are joined by a comma; runs of white space become one space.
    """
    filled = _NAME.sub(lambda match: _text(fields.get(match.group(1))), template)
    return _SPACES.sub(" ", filled).strip()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)
