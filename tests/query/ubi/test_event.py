from datetime import UTC, datetime
from typing import Any

import pytest

from connector.errors import RequestError
from query.ubi.event import document
from query.ubi.privacy import Privacy

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
# What https://o19s.github.io/ubi/schema/1.3.0/event.schema.json defines.
FIELDS = {
    *("application", "action_name", "query_id", "session_id", "client_id", "user_id"),
    *("timestamp", "message_type", "message", "event_attributes"),
}


def click(**changes: Any) -> dict[str, Any]:
    """An event as a browser sends it."""
    attributes = {"object": {"object_id": "p1"}, "position": {"ordinal": 3}}
    return {"action_name": "click", "event_attributes": attributes, **changes}


def test_an_event_has_only_what_the_schema_defines(privacy: Privacy) -> None:
    """Names are those of UBI 1.3; people are pseudonyms; the rest stays outside."""
    given = click(
        application="shop",
        query_id=privacy.new_query_id(),
        client_id="browser-1",
        user_id="anna@example.org",
        session_id="visit-1",
        timestamp="2026-11-21T11:59:00Z",
        message_type="CLICK",
        message="warm jacket for my mother",
        ip="203.0.113.7",
    )
    given["event_attributes"]["comment"] = "anna was here"
    given["event_attributes"]["object"]["description"] = "of anna"
    made = document(given, privacy, NOW)
    assert set(made) <= FIELDS
    assert made["timestamp"] == "2026-11-21T11:59:00.000+00:00"
    assert made["event_attributes"] == {"object": {"object_id": "p1"}, "position": {"ordinal": 3}}
    assert made["user_id"] == privacy.person("anna@example.org")
    for secret in ("anna", "browser-1", "visit-1", "mother", "203.0.113.7"):
        assert secret not in str(made)


@pytest.mark.parametrize(
    "given",
    [
        "click",
        {},
        {"action_name": "a b"},
        {"action_name": "click", "application": "anna@example.org"},
        {"action_name": "click", "user_id": 7},
        {"action_name": "click", "client_id": "c" * 101},
        click(query_id="invented"),
        click(timestamp="yesterday"),
        click(event_attributes={"object": {"object_id": "p1"}}),
        click(event_attributes={"position": {"ordinal": 0}}),
        click(event_attributes={"position": {"ordinal": 1}, "object": {"object_id": ""}}),
        click(event_attributes={"position": {"ordinal": 1}, "object": {"object_id": "p\ud800"}}),
        click(event_attributes={"position": {"ordinal": 1}, "object": "p1"}),
        click(event_attributes=[]),
    ],
)
def test_an_event_that_is_none_is_refused_without_quoting_it(
    given: object, privacy: Privacy
) -> None:
    """What is wrong is said by field; values might be anybody's."""
    with pytest.raises(RequestError) as caught:
        document(given, privacy, NOW)
    assert "anna" not in str(caught.value)
    assert "invented" not in str(caught.value)


@pytest.mark.parametrize("said", ["2020-01-01T00:00:00Z", "2027-01-01T00:00:00", None])
def test_a_clock_that_is_wrong_is_not_believed(said: str | None, privacy: Privacy) -> None:
    """Times long ago or to come are replaced by now."""
    assert document(click(timestamp=said), privacy, NOW)["timestamp"].startswith("2026-11-21T12:00")


def test_a_place_may_be_a_spot_on_the_screen(privacy: Privacy) -> None:
    """`xy` is kept where there is no ordinal."""
    given = click(event_attributes={"position": {"xy": {"x": 10, "y": 20.5}}})
    made = document(given, privacy, NOW)["event_attributes"]
    assert made == {"position": {"xy": {"x": 10, "y": 20.5}}}
