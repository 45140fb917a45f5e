import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import RefusedError
from ingest.change import Position
from ingest.generation import MOST, Generation, Topic, require_same

OLD = Generation(0, "a", 4)
PARTITIONS, OFFSETS = st.integers(0, 20), st.integers(0, 2**48 - 1)


def at(partition: int, offset: int) -> Position:
    return Position("products", partition, offset)


@given(PARTITIONS, OFFSETS)
def test_versions_of_the_first_generation_are_offsets(partition: int, offset: int) -> None:
    """As they were before anything was remembered."""
    assert OLD.version(at(partition, offset)) == offset


@given(st.integers(0, MOST - 1), PARTITIONS, OFFSETS, PARTITIONS, OFFSETS)
def test_a_topic_made_anew_is_newer_than_all_before(
    number: int, partition: int, offset: int, other: int, beyond: int
) -> None:
    """Wherever a record stands in it; and every version fits into 63 bits."""
    before = Generation(number, "a", 4)
    after = before.following(Topic("b", 4), {0: 100})
    assert before.version(at(partition, offset)) < after.version(at(other, beyond)) < 2**63


@given(st.integers(0, 3), OFFSETS, st.integers(0, 7))
def test_what_was_there_before_partitions_were_added_keeps_its_version(
    partition: int, offset: int, new: int
) -> None:
    """Up to the ends that were noted; what comes after, and all of a new partition, is newer."""
    ends = dict.fromkeys(range(8), 1_000)
    after = OLD.following(Topic("a", 8), ends)
    earlier = partition < 4 and offset < 1_000
    assert (after.version(at(partition, offset)) == OLD.version(at(partition, offset))) is earlier
    assert after.version(at(new, 1_000)) > OLD.version(at(partition, offset))
    assert after.version(at(7, 0)) > OLD.version(at(partition, offset))


def test_a_generation_is_kept_as_json() -> None:
    """What is read is what was written, numbers of partitions among them."""
    kept = Generation(2, "a", 8, {0: 5, 3: 7})
    assert Generation.read(json.loads(json.dumps(kept.as_json()))) == kept


def test_the_same_topic_passes() -> None:
    """Nothing to refuse, and nothing to accept."""
    require_same("products", OLD, Topic("a", 4))
    with pytest.raises(RefusedError, match="nothing to accept"):
        OLD.following(Topic("a", 4), {})


@pytest.mark.parametrize(
    ("now", "said"),
    [(Topic("b", 4), "deleted and made anew"), (Topic("a", 8), "has 8 partitions, 4 before")],
)
def test_another_topic_is_refused_with_the_way_out(now: Topic, said: str) -> None:
    """The message names what changed and the flag that accepts it."""
    with pytest.raises(RefusedError, match=said) as caught:
        require_same("products", OLD, now)
    assert "--accept-topic products" in str(caught.value)
    assert caught.value.exit_code == 3


def test_generations_run_out_before_versions_overflow() -> None:
    """There are 32,767."""
    with pytest.raises(RefusedError, match="build a new index"):
        Generation(MOST, "a", 4).following(Topic("b", 4), {})
