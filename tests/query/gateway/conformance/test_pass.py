import json
import re
from collections import Counter
from typing import Any

import httpx
import pytest
from plugins.gateway_cases import Ask, Case, read

pytestmark = pytest.mark.server

CASES = read()
# What differs between two answers of the cluster itself.
_PASSING = re.compile(rb'"(took|_scroll_id)"( ?: ?)("[^"]*"|\d+)')


def test_there_are_enough_of_each_feature() -> None:
    """No file got lost, and no name stands twice."""
    assert len(CASES) >= 200
    assert len(set(map(str, CASES))) == len(CASES)
    assert min(Counter(case.feature for case in CASES).values()) >= 4


@pytest.mark.parametrize("case", CASES, ids=str)
def test_passed_on_an_answer_is_the_clusters_own(
    direct: httpx.Client,
    through: httpx.Client,
    ask: Ask,
    case: Case,
    pytestconfig: pytest.Config,
) -> None:
    """Status, form and body are the same to the byte, but for the time they took."""
    want, got = ask(direct, case), ask(through, case, {"x-connector-mode": "pass"})
    assert (got.status_code, got.headers["content-type"]) == (
        want.status_code,
        want.headers["content-type"],
    )
    major = int(pytestconfig.getoption("opensearch").partition(".")[0])
    assert got.is_error == case.wrong(major)
    assert _lasting(case, got.content) == _lasting(case, want.content)


def _lasting(case: Case, content: bytes) -> Any:
    if case.name == "profile":
        return _untimed(json.loads(content))
    return _PASSING.sub(rb'"\1"\2', content)


def _untimed(value: Any) -> Any:
    """Return an answer without its times: of what was measured the names stay."""
    if isinstance(value, dict):
        return {name: _untimed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_untimed(each) for each in value]
    return None if isinstance(value, int) else value
