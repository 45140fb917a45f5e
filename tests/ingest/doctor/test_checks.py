import re
from pathlib import Path

from ingest.doctor.checks import CHECKS

DOCUMENT = Path(__file__).parents[3] / "docs" / "operations.md"


def test_the_document_lists_every_check_in_order() -> None:
    """docs/operations.md says of each what it looks for."""
    table = DOCUMENT.read_text("utf-8").split("| check |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(CHECKS)


def test_every_check_states_what_is_well() -> None:
    """Its docstring is the sentence that holds when it finds nothing."""
    for check in CHECKS.values():
        assert (check.__doc__ or "").strip()
