"""One event as a shop reports it, and its document in `ubi_events`.

Names and lengths are those of https://o19s.github.io/ubi/schema/1.3.0/event.schema.json. What is
not named below is not kept: an open schema is an open door for what shoppers type.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.errors import RequestError
from query.request import is_unicode
from query.ubi.privacy import Privacy

Json = dict[str, Any]

_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_LONGEST = 100
_LONGEST_OBJECT = 256
_PEOPLE = ("client_id", "user_id", "session_id")
# A visitor's clock may be wrong, and a page may report late.
_LATE, _EARLY = timedelta(days=1), timedelta(minutes=5)
_MOST = 10_000


def document(event: object, privacy: Privacy, now: datetime) -> Json:
    """Return what is stored of an event: who did what to which product at which place.

    `message` and attributes that the schema does not define are left out; a time that cannot be is
    replaced by now.

    Args:
        event: as it was sent.
        privacy: hides who did it.
        now: with its time zone.

    Raises:
        RequestError: what is wrong, without quoting a value.
    """
    if not isinstance(event, Mapping):
        raise RequestError("an event is a JSON object")
    names = ("application", "action_name", "message_type")
    found = {name: _name(event, name) for name in names if event.get(name) is not None}
    if "action_name" not in found:
        raise RequestError("action_name is missing, for example click or purchase")
    query_id = _text(event, "query_id")
    if query_id:
        if not privacy.issued(query_id):
            raise RequestError("query_id is not one that a search of this shop returned")
        found["query_id"] = query_id
    for name in _PEOPLE:
        if _text(event, name):
            found[name] = privacy.person(_text(event, name))
    attributes = _attributes(event.get("event_attributes"))
    when = _time(event.get("timestamp"), now).isoformat(timespec="milliseconds")
    return {**found, "timestamp": when, **attributes}


def _attributes(given: object) -> Json:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise RequestError("event_attributes is not a JSON object")
    kept = {"position": _position(given.get("position"))}
    if given.get("object") is not None:
        kept["object"] = _object(given["object"])
    return {"event_attributes": kept}


def _position(given: object) -> Json:
    if isinstance(given, Mapping):
        ordinal = given.get("ordinal")
        if isinstance(ordinal, int) and 0 < ordinal <= _MOST:
            return {"ordinal": ordinal}
        spot = given.get("xy")
        if isinstance(spot, Mapping) and all(_is_number(spot.get(axis)) for axis in "xy"):
            return {"xy": {"x": spot["x"], "y": spot["y"]}}
    raise RequestError(
        "event_attributes.position is missing; give its ordinal, from 1, or its xy with x and y"
    )


def _object(given: object) -> Json:
    id_ = given.get("object_id") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(id_, str | int):
        raise RequestError("event_attributes.object has no object_id")
    if not 0 < len(str(id_)) <= _LONGEST_OBJECT:
        raise RequestError(f"object_id is empty, or longer than {_LONGEST_OBJECT} characters")
    if not is_unicode(str(id_)):
        raise RequestError("object_id is not valid Unicode")
    names = ("object_id_type", "object_id_field")
    return {
        "object_id": str(id_),
        **{name: _name(given, name) for name in names if given.get(name) is not None},
    }


def _name(event: Mapping[str, Any], name: str) -> str:
    """Return a name that a program chose; free text could be anything."""
    value = event[name]
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise RequestError(f"{name} is not a name of 1 to {_LONGEST} letters, digits and _.:-")
    return value


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise RequestError(f"{name} is not a text of at most {_LONGEST} characters")
    return value


def _time(given: object, now: datetime) -> datetime:
    if given is None:
        return now
    try:
        when = datetime.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise RequestError("timestamp is not a date and time as 2026-11-21T12:00:00Z") from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when if now - _LATE <= when <= now + _EARLY else now


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < _MOST * 100
