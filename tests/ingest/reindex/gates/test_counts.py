import pytest
from plugins.crossing import put, shelf

from ingest.reindex.gates import counts
from ingest.reindex.gates.counts import Counts, differences
from mappings.gate import Crossing


def test_equal_indices_pass_and_a_lost_product_does_not(pair: Crossing) -> None:
    """On a quiet index not one product may be missing; the reason says which state is short."""
    products = shelf()
    put(pair, pair.old, products, 1)
    put(pair, pair.old, {"p000": None}, 2)
    put(pair, pair.new, products, 1)
    slept: list[float] = []
    refused = counts.gate(pair, slept.append)
    assert not refused.passed
    assert "alive +1, deleted -1" in refused.reason
    assert len(slept) == counts.TRIES - 1
    put(pair, pair.new, {"p000": None}, 2)
    passed = counts.gate(pair, slept.append)
    assert passed.passed
    assert passed.figures["alive"] == "39 (39)"


@pytest.mark.parametrize(
    ("new", "writes", "replayed", "found"),
    [
        (Counts(alive=100, deleted=5), 0, False, {}),
        (Counts(alive=99, deleted=5), 0, False, {"alive": -1}),
        (Counts(alive=97, deleted=8), 3, False, {}),
        (Counts(alive=96, deleted=9), 3, False, {"alive": -1, "deleted": 1}),
        (Counts(alive=100, deleted=0), 0, True, {}),
        (Counts(alive=100, deleted=5, failed=4), 0, False, {"failed": 2}),
        (Counts(alive=100, deleted=5, pending=1), 0, False, {"pending": 1}),
    ],
)
def test_readings_may_differ_by_the_writes_between_them(
    new: Counts, writes: int, replayed: bool, found: dict[str, int]
) -> None:
    """And by nothing else, but for failures that were mended and tombstones that Kafka dropped."""
    before = Counts(alive=100, deleted=5, failed=2, writes=50)
    after = Counts(alive=100, deleted=5, failed=2, writes=50 + writes)
    assert differences(before, after, new, replayed) == found
