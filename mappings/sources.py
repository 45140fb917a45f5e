"""Which field of the catalogue reads which part of a record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

STAR = "*"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A source such as `attr_t_*`: the starred part of a name becomes an attribute's name."""

    field: str
    prefix: str
    suffix: str

    def name_in(self, path: str) -> str | None:
        """Return what the star stands for in `path`, underscores as spaces; None: no match."""
        end = len(path) - len(self.suffix)
        if end <= len(self.prefix) or not path.startswith(self.prefix):
            return None
        if not path.endswith(self.suffix):
            return None
        return " ".join(path[len(self.prefix) : end].replace("_", " ").split()) or None


@dataclass(frozen=True, slots=True)
class Place:
    """What the catalogue says about one path of a record.

    Attributes:
        kind: `value`: a field reads it whole; `attribute`: it is one attribute of `field`;
            `inside`: a field reads something below it; `ignored`; `unknown`.
        field: the attributes field, where `kind` is `attribute`.
        name: the attribute's name there.
    """

    kind: Literal["value", "attribute", "inside", "ignored", "unknown"]
    field: str = ""
    name: str = ""


@dataclass(frozen=True)
class Sources:
    """Every path that the catalogue knows; answers are kept, since records repeat their names.

    Attributes:
        paths: paths that fields (or the id and the version) read whole.
        patterns: sources with a star, the most telling first.
        ignore: patterns of paths that are dropped knowingly.
    """

    paths: frozenset[str]
    patterns: tuple[Pattern, ...]
    ignore: tuple[str, ...]
    _known: dict[str, Place] = field(default_factory=dict)

    # A stream that invents a name for every record must not fill the memory, nor by their length.
    _MOST_KEPT = 100_000
    _LONGEST_KEPT = 200

    def place(self, path: str) -> Place:
        """Return what the catalogue says about a dotted path."""
        found = self._known.get(path)
        if found is None:
            found = self._find(path)
            if len(self._known) < self._MOST_KEPT and len(path) <= self._LONGEST_KEPT:
                self._known[path] = found
        return found

    def walk(self, record: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Place, Any]]:
        """Yield path, place and value of everything in a record that is not merely on the way."""
        for key, value in record.items():
            path = f"{above}.{key}" if above else key
            place = self.place(path)
            inner = _object(value) if place.kind == "inside" else None
            if inner is None:
                yield path, place, value
            else:
                yield from self.walk(inner, path)

    def _find(self, path: str) -> Place:
        if path in self.paths:
            return Place("value")
        if any(fnmatchcase(path, pattern) for pattern in self.ignore):
            return Place("ignored")
        if any(known.startswith(f"{path}.") for known in self.paths):
            return Place("inside")
        for pattern in self.patterns:
            name = pattern.name_in(path)
            if name is not None:
                return Place("attribute", pattern.field, name)
        return Place("unknown")


def _object(value: Any) -> Mapping[str, Any] | None:
    """Return an object, or a list of objects as one whose values are lists; None for anything else."""
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, list) or not value or not all(isinstance(x, Mapping) for x in value):
        return None
    if len(value) == 1:
        return value[0]  # type: ignore[no-any-return]
    merged: dict[str, list[Any]] = {}
    for key, item in (pair for each in value for pair in each.items()):
        merged.setdefault(key, []).extend(item if isinstance(item, list) else [item])
    return merged
