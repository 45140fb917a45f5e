import json
from collections.abc import Iterator

import orjson
import pytest

from query.ubi.endpoint import MOST_BYTES, MOST_EVENTS, receive
from query.ubi.indices import Names
from query.ubi.privacy import Privacy
from query.ubi.recorder import Recorder
from query.ubi.writer import Writer

CLICK = {"action_name": "click"}


@pytest.fixture
def recorder(privacy: Privacy) -> Iterator[Recorder]:
    """A recorder whose documents go nowhere."""
    writer = Writer(lambda body: [201] * (len(body.splitlines()) // 2), room=1000)
    made = Recorder(writer, privacy, Names("queries", "events"))
    yield made
    made.close()


@pytest.mark.parametrize(("given", "accepted"), [(CLICK, 1), ([CLICK, CLICK], 2)])
def test_events_are_taken_one_or_many(given: object, accepted: int, recorder: Recorder) -> None:
    """One object, or a list; the answer says how many."""
    assert receive(orjson.dumps(given), recorder) == (202, {"accepted": accepted, "refused": []})


def test_good_events_pass_beside_bad_ones(recorder: Recorder) -> None:
    """The answer says what was wrong with the others."""
    status, answer = receive(orjson.dumps([CLICK, {}]), recorder)
    assert (status, answer["accepted"], len(answer["refused"])) == (202, 1, 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'"click"', 400),
        (orjson.dumps([CLICK] * (MOST_EVENTS + 1)), 400),
        (b" " * (MOST_BYTES + 1), 413),
        (json.dumps({"action_name": "\ud800"}).encode(), 400),
    ],
)
def test_what_is_no_event_is_refused(body: bytes, status: int, recorder: Recorder) -> None:
    """Nothing of it is written, and the answer says so."""
    found, answer = receive(body, recorder)
    assert (found, answer["accepted"]) == (status, 0)
    assert len(answer["refused"]) == 1


def test_where_nothing_is_recorded_there_is_no_endpoint() -> None:
    """Without a key the path does not exist."""
    assert receive(orjson.dumps(CLICK), None)[0] == 404
