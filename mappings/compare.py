"""How a live index differs from what its catalogue asks for, and what each difference takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from mappings.catalogue import PRODUCT, STATE, Catalogue
from mappings.contract import ModelContract
from mappings.index import ALIVE, MARKED, index_body
from mappings.live import LiveIndex

Effect = Literal["in place", "needs reindex"]

# Settings that a running index takes.
_DYNAMIC = (
    "index.number_of_replicas",
    "index.refresh_interval",
    "index.knn.algo_param.ef_search",
)
# Fields that an index takes later: documents get them with their next update.
_ADDED = ("connector.properties.versions.properties.*",)
# What comes and goes with a canary, whatever a catalogue asks for.
_MARK = f"{STATE}.properties.{MARKED}.meta"
# Keys of a catalogue that show in settings, mapping or model contract, and are compared there.
_RENDERED = (
    "index.*",
    "knn.engine",
    "knn.space",
    "knn.m",
    "knn.ef_construction",
    "knn.compression",
    "language",
    "fields.*.type",
    "fields.*.language",
    "vectors.*",
    "model.*",
)
# Keys that change what stored values or versions mean, so that old and new cannot be mixed.
_MEANING: tuple[str, ...] = (
    "source.id",
    "source.version",
    "streams.*.id",
    "streams.*.version",
    "fields.*.scale",
    "fields.*.decimal",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; None stands for "is not there"."""

    path: str
    wanted: Any
    live: Any
    effect: Effect


def differences(catalogue: Catalogue, contract: ModelContract, live: LiveIndex) -> list[Difference]:
    """Compare everything: model, settings, mapping, catalogue, alias; empty when all agree."""
    body = index_body(catalogue, contract)
    found = [
        *_model(contract, live.model),
        *_settings(body["settings"], live.settings),
        *_mapping(catalogue, body["mappings"], live.mapping),
        *_catalogue(catalogue, live.meta),
        *_alias(live.alias_body),
    ]
    there = live.meta["catalogue_hash"]
    if not found and there != catalogue.hash:
        found.append(Difference("catalogue", catalogue.hash, there, "in place"))
    return found


def flatten(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted path and value of every leaf; lists are leaves."""
    for key, value in tree.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping) and value:
            yield from flatten(value, path)
        else:
            yield path, value


def _model(contract: ModelContract, live: Mapping[str, Any]) -> Iterator[Difference]:
    if live.get("fingerprint") == contract.fingerprint:
        return
    yield from _leaves(
        contract.as_meta(), {k: v for k, v in live.items() if k != "fingerprint"}, "model"
    )


def _settings(wanted: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[Difference]:
    ours = dict(flatten(wanted))
    theirs = {
        key: value
        for key, value in live.items()
        if key in ours or key in _DYNAMIC or key.startswith("index.analysis.")
    }
    for difference in _leaves(ours, theirs, ""):
        effect: Effect = "in place" if difference.path in _DYNAMIC else "needs reindex"
        yield Difference(f"settings.{difference.path}", difference.wanted, difference.live, effect)


def _mapping(
    catalogue: Catalogue, wanted: Mapping[str, Any], live: Mapping[str, Any]
) -> Iterator[Difference]:
    if wanted["dynamic"] != live.get("dynamic"):
        yield Difference("mapping.dynamic", wanted["dynamic"], live.get("dynamic"), "in place")
    ours, theirs = wanted["properties"], live.get("properties", {})
    for name in dict.fromkeys((*ours, *theirs)):
        if name in ours and name not in theirs:
            later = name in catalogue.fields
            yield Difference(
                f"mapping.{name}", ours[name], None, "in place" if later else "needs reindex"
            )
        elif name not in ours:
            yield Difference(f"mapping.{name}", None, theirs[name], "needs reindex")
        else:
            yield from _field(name, ours[name], theirs[name])


def _field(name: str, wanted: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[Difference]:
    for found in _leaves(wanted, live, name):
        if found.path.startswith(_MARK):
            continue
        added = found.live is None and _matches(found.path, _ADDED)
        yield Difference(
            f"mapping.{found.path}",
            found.wanted,
            found.live,
            "in place" if added else "needs reindex",
        )


def _catalogue(catalogue: Catalogue, meta: Mapping[str, Any]) -> Iterator[Difference]:
    ours, theirs = catalogue.model_dump(mode="json"), meta["catalogue"]
    both = set(ours["fields"]) & set(theirs["fields"])
    found = [
        each
        for each in _leaves(ours, theirs, "")
        if not _matches(each.path, _RENDERED)
        and (not each.path.startswith("fields.") or each.path.split(".")[1] in both)
    ]
    meaning = _MEANING
    for group, inlet in catalogue.inlets.items():
        if inlet.version == "@offset":
            where = "source" if group == PRODUCT else f"streams.{group}"
            meaning = (*meaning, f"{where}.topic")
    for each in found:
        effect: Effect = "needs reindex" if _matches(each.path, meaning) else "in place"
        yield Difference(f"catalogue.{each.path}", each.wanted, each.live, effect)


def _alias(live: Mapping[str, Any]) -> Iterator[Difference]:
    if live.get("filter") != ALIVE:
        yield Difference("alias.filter", ALIVE, live.get("filter"), "in place")


def _leaves(wanted: Mapping[str, Any], live: Mapping[str, Any], above: str) -> Iterator[Difference]:
    ours, theirs = dict(flatten(wanted, above)), dict(flatten(live, above))
    for path in dict.fromkeys((*ours, *theirs)):
        if ours.get(path) != theirs.get(path):
            yield Difference(path, ours.get(path), theirs.get(path), "needs reindex")


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
