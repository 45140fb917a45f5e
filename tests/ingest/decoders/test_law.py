"""Whatever stands in a topic: a change, nothing, or a dead letter. Anything else ends the worker."""

import json
from contextlib import suppress
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from plugins.ingest_shop import describe

from connector.errors import DeadLetterError
from ingest.change import Position, Record
from ingest.decoders.decoder import Decoder
from ingest.decoders.logical import _TYPES

# Names that mean something to a decoder, so that what is drawn gets past its first look.
NAMES = st.sampled_from(
    (
        *("id", "v", "title", "stock", "op", "before", "after", "source", "lsn", "ts_ms", "status"),
        *(
            "schema",
            "payload",
            "fields",
            "field",
            "name",
            "parameters",
            "scale",
            "value",
            "",
            "\x00",
        ),
    )
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    NAMES,
    st.sampled_from(["c", "u", "d", "t", "m", "BEGIN", "AQ==", "[[1]]", "1", *sorted(_TYPES)]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
ROWS = st.dictionaries(st.sampled_from(["id", "v", "title", "stock"]), VALUES, max_size=4)
COLUMNS = st.fixed_dictionaries(
    {"field": st.sampled_from(["id", "v", "title", "stock"]) | VALUES},
    optional={"name": st.sampled_from(sorted(_TYPES)) | VALUES, "parameters": VALUES},
)
SIDES = st.fixed_dictionaries(
    {"field": st.just("after"), "fields": st.lists(COLUMNS, max_size=4) | VALUES}
)
EVENTS = st.fixed_dictionaries(
    {"op": st.sampled_from(["c", "u", "d"]) | VALUES, "after": ROWS | VALUES},
    optional={"before": ROWS | VALUES, "source": VALUES, "status": VALUES, "id": VALUES},
)
WRAPPED = st.fixed_dictionaries(
    {
        "schema": st.fixed_dictionaries({"fields": st.lists(SIDES, max_size=2) | VALUES}) | VALUES,
        "payload": EVENTS | VALUES,
    }
)
KEYS = st.one_of(
    st.none(), st.binary(max_size=8), st.just(b"1"), VALUES.map(json.dumps).map(str.encode)
)


@cache
def decoder(form: str, version: str) -> Decoder:
    return Decoder(describe("shop", "products", "none", format=form, version=version), 10_000)


@settings(max_examples=400)
@given(
    form=st.sampled_from(["json", "debezium", "debezium"]),
    version=st.sampled_from(["v", "source.lsn", "@timestamp", "@offset", "@header:v"]),
    value=st.none() | st.binary(max_size=20) | EVENTS | WRAPPED | ROWS | VALUES,
    key=KEYS,
    timestamp=st.integers(-(2**63), 2**63 - 1),
    header=st.none() | st.binary(max_size=9),
)
def test_no_record_raises_anything_but_a_dead_letter(  # noqa: PLR0913, PLR0917 - a record's parts
    form: str, version: str, value: Any, key: bytes | None, timestamp: int, header: bytes | None
) -> None:
    """Envelopes of every shape, schemas that are none, values of other types, keys of all kinds."""
    data = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
    headers: Any = (("v", header),)
    with suppress(DeadLetterError):
        change = decoder(form, version)(
            Record(Position("products", 0, 3), key, data, timestamp, headers)
        )
        if change is not None:
            assert 0 <= change.version < 2**63
            assert 0 < len(change.id.encode()) <= 512
