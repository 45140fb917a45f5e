"""`filter_path`: the parts of an answer that a client wants, or does not want.

https://docs.opensearch.org/latest/api-reference/common-parameters/
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

Json = dict[str, Any]

# Names of fields, from the outermost; `*` stands for some letters, `**` for one name or more.
Path = tuple[str, ...]

_DOT = re.compile(r"(?<!\\)\.")
# To the cluster no wildcards: letters like any other.
_LETTERS = re.compile(r"[\[?]")
_END = re.compile(r"(?<!\\)\.+$")
_NOTHING = object()


def filtered(body: Json, wanted: str) -> Json:
    """Return the parts of an answer that are wanted.

    Args:
        body: the answer.
        wanted: paths, separated by commas; what begins with `-` is left out.
    """
    each = [one.strip() for one in wanted.split(",") if one.strip()]
    kept = [_path(one) for one in each if not one.startswith("-")]
    less = [_path(one[1:]) for one in each if one.startswith("-")]
    found = _less(_kept(body, kept) if kept else body, less)
    whole: Json = {} if found is _NOTHING else found
    return whole


def _path(text: str) -> Path:
    # Dots at the end lead nowhere further.
    return tuple(name.replace("\\.", ".") for name in _DOT.split(_END.sub("", text)))


def _below(name: str, paths: Sequence[Path]) -> list[Path]:
    """Return what is left of the paths that lead through a name; nothing is left at their end."""
    found: list[Path] = []
    for first, *rest in paths:
        if first == "**" or fnmatchcase(name, _LETTERS.sub(r"[\g<0>]", first)):
            found += [tuple(rest), *([(first, *rest)] if first == "**" and rest else [])]
    return found


def _kept(value: Any, paths: Sequence[Path]) -> Any:
    if isinstance(value, list):
        parts = [_kept(each, paths) for each in value]
        return [part for part in parts if part is not _NOTHING] or _NOTHING
    if not isinstance(value, dict):
        return _NOTHING
    found: Json = {}
    for name, each in value.items():
        below = _below(name, paths)
        part = each if () in below else _kept(each, below)
        if part is not _NOTHING:
            found[name] = part
    return found or _NOTHING


def _less(value: Any, paths: Sequence[Path]) -> Any:
    if isinstance(value, list) and paths:
        parts = [_less(each, paths) for each in value]
        return [part for part in parts if part is not _NOTHING] or _NOTHING
    if not isinstance(value, dict) or not paths:
        return value
    found: Json = {}
    for name, each in value.items():
        below = _below(name, paths)
        part = _NOTHING if () in below else _less(each, below)
        if part is not _NOTHING:
            found[name] = part
    return found or _NOTHING
