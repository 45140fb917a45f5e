"""Points in time: which index one was opened on, read from its id without asking.

The id is the cluster's own binary form: a version, the number of shards, then each shard's index by
name and UUID (org.opensearch.action.search.SearchContextId).
"""

import base64
import binascii

from mappings.live import LiveIndex

# Set in a byte of a number that goes on.
_MORE = 0x80


def is_of(id_: str, live: LiveIndex) -> bool:
    """Return whether a point in time was opened through an index's alias, and on nothing else."""
    try:
        raw = base64.b64decode(id_ + "=" * (-len(id_) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return False
    start = _after_number(raw, 0)
    shards = int(live.settings["index.number_of_shards"])
    here = _text(live.physical) + _text(live.settings["index.uuid"])
    return (
        raw.startswith(_number(shards) + here, start)
        and raw.count(here) == shards
        and _text(live.alias) in raw
    )


def _text(text: str) -> bytes:
    return _number(len(text)) + text.encode()


def _number(number: int) -> bytes:
    """Return a number of variable length: seven bits a byte, the lowest first."""
    found = bytearray()
    while number >= _MORE:
        found.append(number % _MORE | _MORE)
        number >>= 7
    return bytes((*found, number))


def _after_number(raw: bytes, place: int) -> int:
    """Return the place after a number of variable length: its last byte alone is below 128."""
    while place < len(raw) and raw[place] & _MORE:
        place += 1
    return place + 1
