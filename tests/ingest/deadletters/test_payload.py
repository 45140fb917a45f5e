import orjson
from hypothesis import given
from hypothesis import strategies as st

from ingest.change import Position, Record
from ingest.deadletters.letter import Letter
from ingest.deadletters.payload import REDACTED, Keeping, restored

NOWHERE = Position("t", 0, 7)


def record(value: bytes | None, *headers: tuple[str, bytes]) -> Record:
    return Record(NOWHERE, b"1", value, 5, headers)


def letter(payload: object) -> Letter:
    return Letter(NOWHERE, 5, b"1", "C", "r", "shop", "shop-v1", "2026-01-01T00:00:00Z", payload)


def kept(value: bytes | None, limit: int = 1000, *secret: str) -> dict[str, object] | None:
    return Keeping(limit, frozenset(secret)).payload(record(value))


def test_nothing_is_kept_by_default() -> None:
    """A letter then says where the record stands, and no more."""
    assert kept(b'{"title": "x"}', 0) is None


@given(st.none() | st.binary(max_size=50), st.lists(st.tuples(st.text(), st.binary())))
def test_a_whole_payload_makes_the_record_again(
    value: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    """Whatever bytes it had, through JSON and back."""
    original = record(value, *headers)
    payload = Keeping(1000, frozenset()).payload(original)
    assert restored(Letter.parse(orjson.dumps(letter(payload).body()))) == original


def test_a_payload_is_cut_at_its_limit_and_makes_no_record() -> None:
    """Half a record must not be replayed."""
    payload = kept(b'{"title": "long"}', 5)
    assert payload == {"state": "cut", "value": '{"tit', "headers": []}
    assert restored(letter(payload)) is None


def test_secret_fields_are_left_out_at_any_depth() -> None:
    """And a record that lacks some of its values makes no record."""
    payload = kept(b'{"a": {"mail": "x@y.z"}, "b": [{"mail": {"c": 1}}]}', 1000, "mail")
    assert payload is not None
    assert payload["state"] == "redacted"
    assert orjson.loads(str(payload["value"])) == {
        "a": {"mail": REDACTED},
        "b": [{"mail": REDACTED}],
    }
    assert restored(letter(payload)) is None


def test_a_value_that_is_nested_too_deep_to_be_written_again_is_withheld() -> None:
    """Read it can be: a thousand levels, of which neither payload nor reason stumbles."""
    value = b'{"mail": "x@y.z", "a": ' + b"[" * 1000 + b"]" * 1000 + b"}"
    payload = kept(value, 10_000, "mail")
    assert payload is not None
    assert (payload["state"], payload["value"]) == ("withheld", None)
    keeping = Keeping(10_000, frozenset({"mail"}))
    assert keeping.reason("found 'x@y.z'", record(value)) == f"found '{REDACTED}'"


def test_secret_headers_are_left_out() -> None:
    """A header is named as a field is."""
    payload = Keeping(100, frozenset({"auth"})).payload(record(b"{}", ("auth", b"secret")))
    assert payload is not None
    assert payload["state"] == "redacted"
    assert "secret" not in str(payload)
    assert "c2VjcmV0" not in str(payload)


def test_what_has_no_secrets_stays_whole() -> None:
    """To the byte."""
    payload = kept(b'{ "a":1 }', 1000, "mail")
    assert payload == {"state": "whole", "value": '{ "a":1 }', "headers": []}


def test_what_cannot_be_parsed_cannot_be_redacted() -> None:
    """So it is not kept where there are secrets."""
    payload = kept(b'{"mail": "x@y.z"', 1000, "mail")
    assert payload == {"state": "withheld", "value": None, "headers": []}


def test_a_reason_does_not_quote_secrets() -> None:
    """Whether or not payloads are kept."""
    keeping = Keeping(0, frozenset({"mail"}))
    value = record(b'{"mail": ["x@y.z", 12345], "title": "shoe"}')
    reason = keeping.reason("found 'x@y.z' and 12345 beside 'shoe'", value)
    assert reason == f"found '{REDACTED}' and {REDACTED} beside 'shoe'"
