"""Other names of values: a curated table, and names of several words written as one."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from query.understand.lexicon import Value
from query.understand.words import form, is_plain

# Shorter brands without their spaces are words: "a go".
_SHORTEST = 5


def aliases_of(values: Mapping[str, tuple[Value, ...]]) -> dict[tuple[str, str], str]:
    """Return the other names of the values that there are: the catalogue's form by kind and name.

    Args:
        values: by form, see `Lexicon.named`.
    """
    known = {(one.kind, name) for name, spelled in values.items() for one in spelled}
    found: dict[tuple[str, str], str] = {}
    for kind, name in sorted(known):
        squeezed = name.replace(" ", "")
        if (
            kind == "brand"
            and squeezed != name
            and len(squeezed) >= _SHORTEST
            and is_plain(squeezed)
        ):
            found[kind, squeezed] = name
    for kind, names in _curated():
        there = next((name for name in names if (kind, name) in known), None)
        if there:
            found.update({(kind, name): there for name in names})
    return {alias: name for alias, name in found.items() if alias not in known}


@cache
def _table() -> tuple[tuple[str, tuple[str, ...]], ...]:
    text = (files("query.understand.entities") / "aliases.toml").read_text("utf-8")
    return tuple(
        (kind, tuple(form(name) for name in names))
        for kind, groups in tomllib.loads(text).items()
        for names in groups
    )


def _curated() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a kind and the forms that stand for one another.

    A category may be an audience, too: shops sort clothes by who wears them.
    """
    for kind, names in _table():
        yield kind, names
        if kind == "audience":
            yield "category", names
