import pytest

from query.gateway.budget import GRACE_S, seconds, waits


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("500ms", 0.5),
        ("2s", 2.0),
        (" 2 S ", 2.0),
        ("1m", 60.0),
        ("3H", 10_800.0),
        ("1M", None),
        ("1.5s", None),
        ("-1", None),
        (2, None),
        (None, None),
    ],
)
def test_a_time_is_read_as_the_cluster_reads_it(text: object, time: float | None) -> None:
    """With its unit, in letters of either size but for minutes, and around it any space."""
    assert seconds(text) == time


@pytest.mark.parametrize(
    ("parameters", "bodies", "time"),
    [
        ({}, [], 30.0),
        ({}, [{"timeout": "2s"}], 2 + GRACE_S),
        ({"timeout": "1s"}, [{"timeout": "2s"}], 1 + GRACE_S),
        ({"timeout": "1s"}, [], 1 + GRACE_S),
        ({}, [{"timeout": "1h"}], 30.0),
        ({}, [{"timeout": "1s"}, {"timeout": "2s"}], 2 + GRACE_S),
        ({}, [{"timeout": "1s"}, {}], 30.0),
    ],
)
def test_an_answer_is_waited_for_as_long_as_every_search_says(
    parameters: dict[str, str], bodies: list[dict[str, str]], time: float
) -> None:
    """The longest of them, and at most what the gateway waits."""
    assert waits(parameters, bodies, 30.0) == time
