"""Which letters are meant."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connector.errors import DeadLetterError, UsageError
from ingest.deadletters.letter import Letter
from ingest.decoders.key import bare, named_by

_AGE = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Selection:
    """What a letter must be; None asks for nothing.

    Attributes:
        error_class: its class.
        id: the product's id, as the record's key says it.
        id_fields: the id's name in keys that are JSON objects, by topic; `id` where none is given.
        since: when it was parked, at the earliest.
    """

    error_class: str | None = None
    id: str | None = None
    id_fields: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None

    def of(self, letters: Iterable[Letter]) -> list[Letter]:
        """Return those that are meant."""
        return [letter for letter in letters if self._fits(letter)]

    def _fits(self, letter: Letter) -> bool:
        if self.error_class is not None and letter.error_class != self.error_class:
            return False
        id_field = self.id_fields.get(letter.position.topic, "id")
        if self.id is not None and self.id != product_of(letter, id_field):
            return False
        return self.since is None or datetime.fromisoformat(letter.at) >= self.since


def product_of(letter: Letter, id_field: str) -> str | None:
    """Return the product that a letter's key names; None where it names none."""
    if letter.key is None:
        return None
    try:
        found, _ = named_by(letter.key, id_field)
    except DeadLetterError:
        return None
    return None if found is None else bare(str(found))


def moment(text: str, now: datetime) -> datetime:
    """Read an ISO 8601 time (UTC unless it says otherwise), or an age like `90m`, `6h`, `2d`.

    Raises:
        UsageError: it is neither.
    """
    age = _AGE.fullmatch(text)
    try:
        if age:
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--since {text!r} is neither a time like 2026-01-31T12:00 nor an age like 90m, 6h, 2d"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
