from datetime import UTC, datetime
from typing import Any

import pytest

from connector.errors import UsageError
from query.experiments.experiment import Variant, begun

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "Newer"}, r"'Newer': name: it has small letters, digits, - and _"),
        ({"traffic": 2.0}, r"traffic: input should be less than or equal to 1"),
        ({"days": 0}, r"days: input should be greater than or equal to 1"),
    ],
)
def test_what_cannot_be_an_experiment_is_told(changes: dict[str, Any], expected: str) -> None:
    """The message is about the value that is wrong, a name or any other."""
    values = {"name": "newer", "catalogue": "shop", "treatment": Variant(), "started": NOW}
    assert begun(**values).days == 28
    with pytest.raises(UsageError, match=expected):
        begun(**values | changes)
