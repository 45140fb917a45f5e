import pytest

from ingest.write.answer import explain
from ingest.write.outcome import SCRIPT_FORBIDDEN


@pytest.mark.parametrize(
    "words", ["cannot execute [inline] scripts", "cannot execute scripts using [update] context"]
)
def test_a_script_that_nobody_may_run_is_told_from_a_bad_document(words: str) -> None:
    """By type and by context: OpenSearch 2.19 and 3.6 call both a bad request."""
    cause = {"type": "illegal_argument_exception", "reason": words}
    error = {**cause, "reason": "failed to execute script", "caused_by": cause}
    assert explain(error, 400).said == SCRIPT_FORBIDDEN
