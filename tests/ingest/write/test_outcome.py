import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.write.outcome import TEXT_MOVED, Outcome, outcome


@pytest.mark.parametrize(
    ("result", "status", "error", "expected"),
    [
        ("created", 201, None, Outcome.OK),
        ("updated", 200, None, Outcome.OK),
        ("noop", 200, None, Outcome.STALE),
        (None, 429, "rejected_execution_exception", Outcome.RETRY),
        (None, 429, "circuit_breaking_exception", Outcome.RETRY),
        (None, 429, "cluster_block_exception", Outcome.RETRY),
        (None, 503, "unavailable_shards_exception", Outcome.RETRY),
        (None, 409, "version_conflict_engine_exception", Outcome.RETRY),
        (None, 400, TEXT_MOVED, Outcome.REPLAN),
        (None, 400, "mapper_parsing_exception", Outcome.DEAD_LETTER),
        (None, 400, "strict_dynamic_mapping_exception", Outcome.DEAD_LETTER),
        (None, 400, "illegal_argument_exception", Outcome.DEAD_LETTER),
        (None, 400, "script_exception", Outcome.STOP),
        (None, 400, "index_closed_exception", Outcome.STOP),
        (None, 401, "security_exception", Outcome.STOP),
        (None, 403, "security_exception", Outcome.STOP),
        (None, 403, "cluster_block_exception", Outcome.STOP),
        (None, 404, "index_not_found_exception", Outcome.STOP),
    ],
)
def test_the_table(result: str | None, status: int, error: str | None, expected: Outcome) -> None:
    """Each answer that a cluster gives has one outcome."""
    assert outcome(result, status, error) is expected


@given(st.integers(400, 599), st.text(max_size=20))
def test_an_error_is_never_taken_for_done(status: int, error: str) -> None:
    """No error status is OK or stale, whatever its type is called."""
    assert outcome(None, status, error) not in (Outcome.OK, Outcome.STALE)


@given(st.integers(401, 599), st.text(max_size=20).filter(lambda text: text != TEXT_MOVED))
def test_only_a_bad_request_is_the_document_s_own_fault(status: int, error: str) -> None:
    """A record is given up for good only when the cluster calls the document itself bad."""
    assert outcome(None, status, error) is not Outcome.DEAD_LETTER
