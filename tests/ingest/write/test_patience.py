import pytest

from connector.errors import ClusterUnavailableError
from ingest.write.patience import Patience


def test_pauses_double_up_to_a_limit_with_jitter() -> None:
    """Half of a pause is certain, half is chance."""
    slept: list[float] = []
    patience = Patience(5, 1.0, 4.0, slept.append, lambda: 0.5)
    for attempt in range(4):
        patience.pause(attempt)
    assert slept == [0.75, 1.5, 3.0, 3.0]


def test_it_insists_until_the_cluster_answers_or_patience_ends() -> None:
    """One try more than there are retries, and other errors at once."""
    slept: list[float] = []
    patience = Patience(2, 1.0, 4.0, slept.append, lambda: 0.0)
    answers = iter(["away", "away", "here"])

    def ask() -> str:
        answer = next(answers)
        if answer == "away":
            raise ClusterUnavailableError(answer)
        return answer

    assert patience.insist(ask) == "here"
    assert slept == [0.5, 1.0]
    answers = iter(["away"] * 3)
    with pytest.raises(ClusterUnavailableError):
        patience.insist(ask)
    assert next(answers, None) is None
