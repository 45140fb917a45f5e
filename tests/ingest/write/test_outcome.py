import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.write.outcome import (
    PIPELINE_MISSING,
    SCRIPT_BROKEN,
    SCRIPT_CROWDED,
    SCRIPT_FAILED,
    SCRIPT_FORBIDDEN,
    TABLE,
    TEXT_MOVED,
    Operation,
    Outcome,
    find,
)

DOCUMENT = Path(__file__).parents[3] / "docs" / "outcomes.md"
ITEM, REQUEST, READ = Operation

CELLS = [
    (ITEM, 201, "created", Outcome.OK),
    (ITEM, 200, "updated", Outcome.OK),
    (ITEM, 200, "noop", Outcome.STALE),
    (ITEM, 400, TEXT_MOVED, Outcome.REPLAN),
    (ITEM, 400, SCRIPT_CROWDED, Outcome.RETRY),
    (ITEM, 400, SCRIPT_FAILED, Outcome.DEAD_LETTER),
    (ITEM, 400, SCRIPT_BROKEN, Outcome.STOP),
    (ITEM, 400, SCRIPT_FORBIDDEN, Outcome.STOP),
    (ITEM, 400, "index_closed_exception", Outcome.STOP),
    (ITEM, 400, PIPELINE_MISSING, Outcome.STOP),
    (ITEM, 400, "mapper_parsing_exception", Outcome.DEAD_LETTER),
    (ITEM, 400, "strict_dynamic_mapping_exception", Outcome.DEAD_LETTER),
    (ITEM, 400, "illegal_argument_exception", Outcome.DEAD_LETTER),
    (ITEM, 403, "cluster_block_exception", Outcome.STOP),
    (ITEM, 403, "security_exception", Outcome.STOP),
    (ITEM, 404, "index_not_found_exception", Outcome.STOP),
    (ITEM, 408, "request_timeout", Outcome.RETRY),
    (ITEM, 409, "version_conflict_engine_exception", Outcome.RETRY),
    (ITEM, 429, "rejected_execution_exception", Outcome.RETRY),
    (ITEM, 429, "circuit_breaking_exception", Outcome.RETRY),
    (ITEM, 429, "cluster_block_exception", Outcome.RETRY),
    (ITEM, 502, "bad_gateway", Outcome.RETRY),
    (ITEM, 503, "unavailable_shards_exception", Outcome.RETRY),
    (ITEM, 504, "timeout_exception", Outcome.RETRY),
    (ITEM, 500, "null_pointer_exception", Outcome.SUSPECT),
    (REQUEST, 400, "action_request_validation_exception", Outcome.HALVE),
    (REQUEST, 400, "json_parse_exception", Outcome.STOP),
    (REQUEST, 401, "Unauthorized", Outcome.STOP),
    (REQUEST, 403, "cluster_block_exception", Outcome.STOP),
    (REQUEST, 403, "security_exception", Outcome.STOP),
    (REQUEST, 404, "", Outcome.STOP),
    (REQUEST, 405, "", Outcome.STOP),
    (REQUEST, 413, "", Outcome.HALVE),
    (REQUEST, 429, "circuit_breaking_exception", Outcome.RETRY),
    (REQUEST, 500, "", Outcome.NARROW),
    (REQUEST, 502, "", Outcome.RETRY),
    (REQUEST, 503, "", Outcome.RETRY),
    (REQUEST, 504, "", Outcome.RETRY),
    (READ, None, "index_not_found_exception", Outcome.STOP),
    (READ, None, "index_closed_exception", Outcome.STOP),
    (READ, None, "cluster_block_exception", Outcome.STOP),
    (READ, None, "security_exception", Outcome.STOP),
    (READ, None, "no_shard_available_action_exception", Outcome.RETRY),
]


@pytest.mark.parametrize(("operation", "status", "said", "expected"), CELLS)
def test_the_table(operation: Operation, status: int, said: str, expected: Outcome) -> None:
    """Each answer that a cluster gives has one outcome."""
    assert find(operation, status, said).outcome is expected


def test_no_cell_is_hidden_by_one_above_it() -> None:
    """Every line of the table decides something."""
    reached = {id(find(operation, status, said)) for operation, status, said, _ in CELLS}
    assert [cell for cell in TABLE if id(cell) not in reached] == []


def test_every_stop_has_an_advice() -> None:
    """Whoever reads why the worker stopped also reads what to do."""
    assert all(cell.advice for cell in TABLE if cell.outcome is Outcome.STOP)


@given(st.sampled_from([ITEM, REQUEST]), st.integers(300, 599), st.text(max_size=20))
def test_an_error_is_never_taken_for_done(operation: Operation, status: int, said: str) -> None:
    """No error status is OK or stale, whatever its type is called."""
    for name in (said, "created", "updated", "noop"):
        assert find(operation, status, name).outcome not in (Outcome.OK, Outcome.STALE)


@given(st.integers(401, 599), st.text(max_size=20))
def test_only_a_bad_request_is_the_document_s_own_fault(status: int, said: str) -> None:
    """An item is given up for good only when the cluster calls the document itself bad."""
    assert find(ITEM, status, said).outcome is not Outcome.DEAD_LETTER


def test_the_documented_table_is_the_one_in_use() -> None:
    """docs/outcomes.md has the same lines in the same order."""
    rows = re.findall(r"^\| (item|request|read) \|(.*)$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    documented = [
        (name, *(part.strip(" `") for part in rest.split("|")[:3])) for name, rest in rows
    ]
    assert documented == [
        (
            cell.operation.value,
            ", ".join(map(str, cell.statuses)) or "none",
            cell.said or "anything else",
            cell.outcome.value,
        )
        for cell in TABLE
    ]
