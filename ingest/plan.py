"""What is new: the index's own state decides which changes are stale and which need vectors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connector.errors import DeadLetterError
from ingest.change import ProductChange
from ingest.text import hash_of, texts_of
from mappings.catalogue import PRODUCT

# Smaller numbers are no time in microseconds (they would be before March 1973).
_FIRST_MICROSECONDS = 10**14


@dataclass(frozen=True, slots=True)
class Stored:
    """What the index knows about one product.

    Attributes:
        versions: by stream.
        text_hash, model, state: as its document keeps them.
        unread: whether the cluster fails on its document, so that nothing of all this is known.
    """

    versions: Mapping[str, int] = field(default_factory=dict)
    text_hash: str | None = None
    model: str | None = None
    state: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that is to be written.

    Attributes:
        change: what to write.
        texts: text by vector field; empty for deletes and for streams other than the product's.
        embed: whether the texts need vectors; if not, the stored ones stand.
    """

    change: ProductChange
    texts: Mapping[str, str] = field(default_factory=dict)
    embed: bool = False

    @property
    def text_hash(self) -> str | None:
        """Hash of the texts; None where there are none to hash."""
        return hash_of(self.texts) if self.texts else None


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans changes against one index.

    Attributes:
        templates: text template by vector field.
        model: fingerprint of the model contract whose vectors would be written.
    """

    templates: Mapping[str, str]
    model: str

    def plan(
        self, change: ProductChange, stored: Stored, beside: int | None = None
    ) -> Planned | None:
        """Decide what one change needs; None when it is stale.

        Args:
            change: the change.
            stored: what the index knows about its product.
            beside: version of the same stream's other change in the batch, where there is one.

        Raises:
            DeadLetterError: BadVersion, for a delete whose borrowed time cannot be compared;
                Rejected, for one whose document cannot be read.
        """
        have = stored.versions.get(change.group)
        if change.borrowed:
            known = beside if have is None else have
            if known is None and stored.unread:
                raise DeadLetterError(
                    "Rejected",
                    "the cluster fails on reading this product's document and reads others: what a "
                    "tombstone without a version would have to be newer than is not known",
                )
            if known is None:
                return None
            _check_comparable(known)
        retry = have == change.version and stored.state == "failed" and change.fields is not None
        if have is not None and have >= change.version and not retry:
            return None
        if change.fields is None or change.group != PRODUCT:
            return Planned(change)
        texts = texts_of(self.templates, change.fields)
        unchanged = (stored.state, stored.model, stored.text_hash) == (
            "embedded",
            self.model,
            hash_of(texts),
        )
        return Planned(change, texts, embed=not unchanged)


def newest(changes: Iterable[ProductChange]) -> list[ProductChange]:
    """Keep the newest change per (id, group): the highest version, of equals the first.

    A delete with a borrowed version stands beside the rest: whether they compare is `plan`'s to
    say, and the merge script orders what both survive.
    """
    kept: dict[tuple[str, str, bool], ProductChange] = {}
    for change in changes:
        key = (change.id, change.group, change.borrowed)
        if key not in kept or change.version > kept[key].version:
            kept[key] = change
    return list(kept.values())


def _check_comparable(have: int) -> None:
    if have < _FIRST_MICROSECONDS:
        raise DeadLetterError(
            "BadVersion",
            f"a tombstone has no version field and the stored version {have} is no time it could "
            "be compared with; use @timestamp, @offset or @header:NAME as source.version, or a "
            "field that holds the time of the update",
        )
