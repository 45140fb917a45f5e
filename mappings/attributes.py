"""An open set of names and values, in the shapes that feeds have for it, as lines `name: value`."""

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.values import label, text, wrong_type

# What the two parts of a pair are called.
_NAMES = ("name", "key", "label", "attribute")
_VALUES = ("value", "values", "options")
_PAIR = 2
_EXPECTED = (
    "an object of names and values, or a list of pairs: "
    '{"name": "colour", "value": "red"}, ["colour", "red"] or "colour: red"'
)


def pairs(value: Any, path: str) -> Iterator[tuple[str, Any, str]]:
    """Yield name, value and path of each attribute.

    Args:
        value: an object `{name: value}`, or a list of pairs: objects that call their parts so
            (`name`, `key`, `label` or `attribute`; `value`, `values` or `options`; a `unit`
            follows the value), lists of two, or texts `name: value`.
        path: where the record keeps it, for the reason.

    Raises:
        DeadLetterError: WrongType for any other shape, LoneSurrogate.
    """
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield _name(name, path), inner, f"{path}.{name}"
    elif isinstance(value, list):
        for item in value:
            pair = _pair(item)
            if pair is None or not isinstance(pair[0], str):
                raise wrong_type(path, value, _EXPECTED)
            yield _name(pair[0], path), pair[1], f"{path}.{pair[0]}"
    else:
        raise wrong_type(path, value, _EXPECTED)


def line(name: str, value: Any, path: str) -> str:
    """Return one attribute as it is stored."""
    return f"{name}: {label(value, path)}"


def _name(name: str, path: str) -> str:
    return " ".join(text(name, path).split())


def _pair(item: Any) -> tuple[Any, Any] | None:
    if isinstance(item, str):
        before, colon, after = item.partition(":")
        return (before, after) if colon else None
    if isinstance(item, list):
        return (item[0], item[1]) if len(item) == _PAIR else None
    if not isinstance(item, Mapping):
        return None
    name = next((item[key] for key in _NAMES if key in item), None)
    value = next((item[key] for key in _VALUES if key in item), None)
    unit = item.get("unit")
    if isinstance(unit, str) and unit.strip() and not isinstance(value, list | Mapping | None):
        value = f"{label(value, str(name))} {unit}"
    return None if name is None else (name, value)
