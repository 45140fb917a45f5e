"""Records that retention removed before the worker read them: said, counted, parked, and passed."""

from contextlib import closing

import pytest
from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata
from kit.hands import await_true
from plugins.ingest_shop import Shop

from connector import broker
from connector.errors import RefusedError
from connector.settings import Settings
from ingest.deadletters import run as deadletters
from ingest.deadletters.letter import DeadLetter
from ingest.deadletters.select import Selection
from ingest.flow.removed import Removals
from ingest.flow.tally import Tally

pytestmark = pytest.mark.server


def product(identity: str) -> object:
    return {"id": identity, "v": 1, "title": "red shoe"}


def remove(admin: Settings, shop: Shop, below: int) -> None:
    """Let Kafka forget what stands below an offset, as retention does."""
    with closing(broker.admin(admin.kafka)) as kafka:
        kafka.delete_records({TopicPartition(shop.topic, 0): below})


def test_what_was_removed_unread_is_missed_aloud_and_the_rest_is_written(
    shop: Shop, admin: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """One letter says which offsets; no replay brings them back, and no crash doubles it."""
    keep = {"payload_bytes": 1000}
    shop.settings = shop.settings.model_copy(
        update={
            "ingest": shop.settings.ingest.model_copy(
                update={"deadletters": shop.settings.ingest.deadletters.model_copy(update=keep)}
            )
        }
    )
    shop.send(("1", product("1")))
    assert shop.ingest()["removed"] == 0
    shop.send(*((str(n), product(str(n))) for n in range(2, 8)))
    remove(admin, shop, 5)
    summary = shop.ingest()
    assert (summary["records"], summary["removed"], summary["dead_letters"]) == (2, 4, 1)
    assert shop.documents().keys() == {"1", "6", "7"}
    assert "offsets 1 to 4" in caplog.text
    [letter] = shop.letters()
    assert (letter["offset"], letter["error_class"]) == (1, "RemovedUnread")
    assert "offsets 1 to 4" in letter["reason"]
    assert "payload" not in letter
    summary = deadletters.replay(shop.settings, shop.catalogue, [shop.topic], Selection())
    assert (summary["lost"], summary["refused"]) == ([f"{shop.topic}/0/1"], [])
    assert shop.committed() == 7


def test_a_topic_of_which_nothing_unread_is_left_is_no_topic_that_was_read(
    shop: Shop, admin: Settings
) -> None:
    """All of it was removed: the run ends, having said so."""
    shop.send(*((str(n), product(str(n))) for n in range(3)))
    shop.ingest()
    shop.send(*((str(n), product(str(n))) for n in range(3, 5)))
    remove(admin, shop, 5)
    summary = shop.ingest()
    assert (summary["records"], summary["removed"]) == (0, 2)
    assert shop.committed() == 5
    assert [letter["offset"] for letter in shop.letters()] == [3]
    assert shop.ingest()["removed"] == 0


def test_what_was_removed_before_the_first_worker_came_was_never_missed(
    shop: Shop, admin: Settings
) -> None:
    """A new index begins with what its topics hold."""
    shop.send(*((str(n), product(str(n))) for n in range(3)))
    remove(admin, shop, 2)
    summary = shop.ingest()
    assert (summary["records"], summary["removed"], shop.letters()) == (1, 0, [])


def test_a_group_beyond_the_end_reads_again_and_misses_nothing(
    shop: Shop, admin: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody set it there, or a broker lost records: that is no removal, and it is said."""
    shop.send(*((str(n), product(str(n))) for n in range(3)))
    beyond = OffsetAndMetadata(9, "", -1)
    with closing(broker.admin(admin.kafka)) as kafka:
        kafka.alter_group_offsets(shop.index, {TopicPartition(shop.topic, 0): beyond})
    tally, letters = Tally(), list[DeadLetter]()
    with closing(broker.consumer(shop.settings.kafka, shop.index)) as consumer:
        removals = Removals(consumer, letters.extend, tally)
        consumer.subscribe([shop.topic])
        came: list[int] = []

        def all_came() -> bool:
            for several in consumer.poll(timeout_ms=200).values():
                came.extend(each.offset for each in several)
            removals.look([])
            return len(came) == 3

        await_true(all_came)
    assert (came, tally["removed"], letters) == ([0, 1, 2], 0, [])
    assert "was read up to offset 9" in caplog.text


def beyond(admin: Settings, shop: Shop, offset: int) -> None:
    """Let the group stand where Kafka has nothing, as after a broker lost records."""
    place = OffsetAndMetadata(offset, "", -1)
    with closing(broker.admin(admin.kafka)) as kafka:
        kafka.alter_group_offsets(shop.index, {TopicPartition(shop.topic, 0): place})


@pytest.mark.parametrize("sent", [0, 3])
def test_a_run_to_the_end_reads_what_stands_before_its_commits(
    shop: Shop, admin: Settings, sent: int
) -> None:
    """It had not caught up: what is there now was never read."""
    shop.send(*((str(n), product(str(n))) for n in range(sent)))
    beyond(admin, shop, 9)
    summary = shop.ingest()
    assert (summary["records"], summary["removed"]) == (sent, 0)
    assert len(shop.documents()) == sent
    assert shop.committed() == sent or not sent


@pytest.mark.parametrize("shop", [{"version": "@offset"}], indirect=True)
def test_offsets_that_are_versions_are_not_given_twice(shop: Shop, admin: Settings) -> None:
    """What stands there now would look older than what is stored: that is for a person."""
    shop.send(*((str(n), product(str(n))) for n in range(3)))
    shop.ingest()
    beyond(admin, shop, 9)
    with pytest.raises(RefusedError, match=r"partition 0 .* lost records.*reindex start --from"):
        shop.ingest()
    assert shop.committed() == 9
