"""A cursor: page after page of one ranking, whatever is written meanwhile.

The first page opens a point in time and ranks a fixed number of candidates in it. Each further
page ranks the same candidates again, at the time of the first page, and takes the next places. The
cursor says where that is; a ranking that came out in another order is refused, not paged through.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

import orjson

from connector.errors import RequestError

# Of the cursor's form.
VERSION = 1
# A point in time is kept this long after each page.
KEEP_ALIVE = "5m"

# What may differ between two pages of one ranking.
_OF_THE_PAGE = frozenset({"size", "from_", "explain", "facets", "facets_over", "cursor", "asker"})
_CHECK = 8
_AGAIN = "begin again without a cursor"


@dataclass(frozen=True)
class Cursor:
    """Where the next page begins; its text is opaque to users.

    Attributes:
        pit: id of the point in time.
        request: fingerprint of what was asked, see `fingerprint`.
        place: hits on the pages before.
        depth: candidates that are ranked.
        at: seconds since 1970, when the first page was asked for.
        order: fingerprint of the ids in their order.
    """

    pit: str
    request: str
    place: int
    depth: int
    at: float
    order: str

    @classmethod
    def read(cls, token: str, request: str) -> Self:
        """Read a cursor that a user sent.

        Args:
            token: as the page before gave it.
            request: fingerprint of what is asked now.

        Raises:
            RequestError: it is damaged, of another release, or of another query.
        """
        cursor = cls(**_opened(token))
        if cursor.request != request:
            raise RequestError(
                "the cursor belongs to another search: text, filters, system and everything else "
                f"but the size must be those of its first page; or {_AGAIN}"
            )
        return cursor

    def __str__(self) -> str:
        payload = orjson.dumps({"version": VERSION, **asdict(self)})
        return base64.urlsafe_b64encode(_digest(payload) + payload).decode()

    @property
    def time(self) -> datetime:
        """When the first page was asked for; dates and freshness are measured by it."""
        return datetime.fromtimestamp(self.at, UTC)

    def page(self, ids: Sequence[str], size: int) -> tuple[range, Self | None]:
        """Return the places of this page, from 0, and the cursor of the next; None at the end.

        Args:
            ids: of the whole ranking, in order.
            size: of the page.

        Raises:
            RequestError: the ranking is not the one the cursor was made for, or size is 0.
        """
        if size < 1:
            raise RequestError("size is 0; a page of a cursor has at least one hit")
        if ordered(ids) != self.order:
            raise RequestError(
                "the ranking is another than on the cursor's first page (rules, synonyms, weights "
                f"or statistics changed meanwhile); {_AGAIN}"
            )
        end = min(self.place + size, len(ids))
        following = replace(self, place=end) if end < len(ids) else None
        return range(min(self.place, end), end), following


def begin(pit: str, request: str, ids: Sequence[str], depth: int, at: datetime) -> Cursor:
    """Return the cursor of the first page.

    Args:
        pit: id of the point in time the ranking was made in.
        request: fingerprint of what is asked.
        ids: of the whole ranking, in order.
        depth: candidates that were ranked.
        at: with a zone, when it was asked.
    """
    return Cursor(pit, request, 0, depth, at.timestamp(), ordered(ids))


def fingerprint(request: Any, index: str) -> str:
    """Return 16 hex digits that differ when two requests ask for different rankings.

    Args:
        request: a `SearchRequest`.
        index: the alias that is searched.
    """
    asked = {key: value for key, value in asdict(request).items() if key not in _OF_THE_PAGE}
    return _digest(orjson.dumps([index, asked], option=orjson.OPT_SORT_KEYS)).hex()


def ordered(ids: Sequence[str]) -> str:
    """Return 16 hex digits of ids in their order."""
    return _digest(orjson.dumps(list(ids))).hex()


def expired() -> RequestError:
    """Return what a user is told when the cluster no longer has the point in time."""
    return RequestError(
        f"the cursor has expired: it is kept for {KEEP_ALIVE} after each page; {_AGAIN}"
    )


def _opened(token: str) -> dict[str, Any]:
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raw = b""
    check, payload = raw[:_CHECK], raw[_CHECK:]
    if not payload or _digest(payload) != check:
        raise RequestError(
            "the cursor is damaged; send back exactly what the page before gave as cursor"
        )
    parts: dict[str, Any] = orjson.loads(payload)
    version = parts.pop("version")
    if version != VERSION:
        raise RequestError(f"the cursor is of form {version}, this release has {VERSION}; {_AGAIN}")
    return parts


def _digest(payload: bytes) -> bytes:
    return hashlib.sha256(payload).digest()[:_CHECK]
