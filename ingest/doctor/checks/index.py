"""Whether the index is what the catalogue asks for, and whether its settings keep what is written."""

from collections.abc import Iterator

from connector.cluster import faults
from ingest.doctor.case import Case
from ingest.doctor.finding import Finding
from mappings.apply import say
from mappings.compare import Difference, differences


def model_contract(case: Case) -> Iterator[Finding]:
    """The worker and the index agree on the model, its prompts and the text templates."""
    found = [each for each in _differences(case) if each.path.startswith("model")]
    if found:
        yield Finding(
            "model-contract",
            "wrong",
            f"index {case.live.physical!r} was built with another model contract: {_listed(found)}",
            "use the model the index was built with, or build a new one with `connector reindex "
            "start`; until then the worker refuses to start",
        )


def catalogue_drift(case: Case) -> Iterator[Finding]:
    """Mapping, settings and the catalogue inside the index are those of the catalogue file."""
    rest = [each for each in _differences(case) if not each.path.startswith(("model", "alias"))]
    for effect, remedy in (
        ("in place", "bring it up to date with `connector mappings apply`"),
        ("needs reindex", "undo the change, or build a new index with `connector reindex start`"),
    ):
        found = [each for each in rest if each.effect == effect]
        if found:
            yield Finding(
                "catalogue-drift",
                "wrong",
                f"index {case.live.physical!r} is not what the catalogue asks for: "
                f"{_listed(found)}",
                f"{remedy}; `connector mappings diff` shows all",
            )


def alias_filter(case: Case) -> Iterator[Finding]:
    """The alias hides deleted products."""
    if any(each.path.startswith("alias") for each in _differences(case)):
        yield Finding(
            "alias-filter",
            "wrong",
            f"the alias {case.live.alias!r} does not hide tombstones: searches find deleted "
            "products and prices without a product",
            "set the filter again with `connector mappings apply`",
        )


def write_block(case: Case) -> Iterator[Finding]:
    """Nothing forbids writing."""
    blocks = [
        name
        for name, value in case.live.settings.items()
        if name.startswith("index.blocks.") and value == "true"
    ]
    if blocks:
        yield Finding(
            "write-block",
            "wrong",
            f"index {case.live.physical!r} is blocked by {', '.join(sorted(blocks))}",
            "free disk space if the cluster set it (it does at the flood-stage watermark): it lifts "
            "that block itself; else clear the setting",
        )


def index_settings(case: Case) -> Iterator[Finding]:
    """What is acknowledged is kept, and what is kept is found."""
    live, name = case.live.settings, case.live.physical
    if live.get("index.translog.durability", "request").lower() == "async":
        yield Finding(
            "index-settings",
            "wrong",
            f"index {name!r} acknowledges writes before they are on disk "
            "(index.translog.durability is async): offsets are committed for what a power cut loses",
            'set index.translog.durability to "request"',
        )
    if live.get("index.refresh_interval") == "-1":
        yield Finding(
            "index-settings",
            "wrong",
            f"index {name!r} is never refreshed: searches do not see what is written",
            "set index.refresh_interval in the catalogue and run `connector mappings apply`",
        )
    if live.get("index.number_of_replicas") == "0":
        yield Finding(
            "index-settings",
            "risk",
            f"index {name!r} has no replica: with the node that holds it the index is gone",
            "set index.replicas in the catalogue to 1 or more and run `connector mappings apply`; "
            "without a second node, keep the topics complete so that it can be built again",
        )


def auto_create_index(case: Case) -> Iterator[Finding]:
    """A late write to a dropped index does not make it anew with a guessed mapping."""
    with faults("reading the cluster's settings"):
        answer = case.client.cluster.get_settings(
            params={"include_defaults": "true", "flat_settings": "true"}
        )
    name, wanted = "action.auto_create_index", "true"
    for part in ("defaults", "persistent", "transient"):
        wanted = answer.get(part, {}).get(name, wanted)
    if wanted.lower() != "false":
        yield Finding(
            "auto-create-index",
            "risk",
            f"{name} is {wanted!r}: a write to an index that was dropped makes it anew, without "
            "the catalogue's mapping",
            f"set {name} to false, or to patterns that leave {case.catalogue.name}-v* out",
        )


def _differences(case: Case) -> list[Difference]:
    return differences(case.catalogue, case.contract, case.live)


def _listed(found: list[Difference], at_most: int = 3) -> str:
    shown = [
        f"{each.path} is {say(each.live)}, wanted {say(each.wanted)}" for each in found[:at_most]
    ]
    more = [f"and {len(found) - at_most} more"] if len(found) > at_most else []
    return "; ".join(shown + more)
