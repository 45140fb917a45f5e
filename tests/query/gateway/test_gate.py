import pytest

from query.gateway.gate import Gate
from query.gateway.refuse import Refused


def test_no_more_than_so_many_are_inside() -> None:
    """One too many is told to come back; a place is free again when somebody leaves."""
    gate = Gate(1, 0)
    with gate.entered(), pytest.raises(Refused) as refused, gate.entered():
        pass
    assert (refused.value.status, refused.value.headers["retry-after"]) == (429, "1")
    with gate.entered():
        pass


def test_no_more_than_so_many_a_second() -> None:
    """Two seconds' worth may come in one go; then as many as time brings."""
    now = [0.0]
    gate = Gate(10, 2, lambda: now[0])

    def enter() -> None:
        with gate.entered():
            pass

    for _ in range(4):
        enter()
    with pytest.raises(Refused):
        enter()
    now[0] = 0.5
    enter()
    with pytest.raises(Refused):
        enter()
