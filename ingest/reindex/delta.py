"""What differs between an index and a catalogue, as far as it decides how documents get across."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.catalogue import PRODUCT, Catalogue
from mappings.contract import ModelContract
from mappings.live import LiveIndex

# What of a model contract concerns texts, or people, and no vector of a given text.
_NO_VECTOR = ("name", "revision", "fingerprint", "templates")
# Strings are stored as they came whichever of these a field is.
_STRINGS = ("text", "keyword")
# Keys of a field by which a record is read, of which the old index keeps the outcome alone.
_READ_BY = ("source", "scale", "group", "decimal", "separator", "gather", "absent", "html")


@dataclass(frozen=True)
class Delta:
    """What a new index takes from an old one.

    Attributes:
        same_model: whether the vector of a text is the same in both.
        computed: vector fields that have to be computed, whatever a product's text.
        unkept: what the old index cannot give, a phrase for each; then the topics have to be read
            from their start.
    """

    same_model: bool
    computed: tuple[str, ...]
    unkept: tuple[str, ...]


def delta(old: LiveIndex, catalogue: Catalogue, contract: ModelContract) -> Delta:
    """Compare the index that there is with the one that is wanted."""
    same = _of_vectors(old.model) == _of_vectors(contract.as_meta())
    before = set(old.model["templates"].values()) if same else set()
    computed = [name for name, text in contract.templates.items() if text not in before]
    return Delta(same, tuple(computed), tuple(_unkept(old.catalogue, catalogue)))


def _of_vectors(model: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in model.items() if key not in _NO_VECTOR}
    # Left out where it is the default; see ModelContract.as_meta.
    return {"long_text": "truncate", **kept, "query_prompt": None}


def _unkept(old: Catalogue, new: Catalogue) -> Iterator[str]:
    for group, inlet in new.inlets.items():
        where = "source" if group == PRODUCT else f"streams.{group}"
        before = old.inlets.get(group)
        if before is None:
            continue
        for key in ("id", "version"):
            ours, theirs = getattr(inlet, key), getattr(before, key)
            if ours != theirs:
                yield f"{where}.{key} is {ours!r}, {theirs!r} before: versions do not compare"
        if inlet.version == "@offset" and inlet.topic != before.topic:
            yield f"{where}.topic is {inlet.topic!r}, {before.topic!r} before, and offsets count"
    for name, spec in new.fields.items():
        yield from _field(name, spec, old.fields.get(name))


def _field(name: str, new: Any, old: Any) -> Iterator[str]:
    if old is None:
        yield f"field {name!r} is new"
        return
    for key in _READ_BY:
        ours, theirs = getattr(new, key), getattr(old, key)
        if ours != theirs:
            yield f"fields.{name}.{key} is {ours!r}, {theirs!r} before"
    if new.type != old.type and not {new.type, old.type} <= set(_STRINGS):
        yield f"fields.{name}.type is {new.type!r}, {old.type!r} before"
