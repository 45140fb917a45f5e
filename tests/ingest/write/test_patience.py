import pytest

from connector.errors import ClusterUnavailableError
from ingest.write.patience import Patience


def patience(slept: list[float], retries: int = 5, random: float = 0.5) -> Patience:
    return Patience(retries, 1.0, 4.0, slept.append, lambda: random)


def test_pauses_double_up_to_a_limit_with_full_jitter() -> None:
    """A pause is anything between nothing and the doubled one before it."""
    slept: list[float] = []
    tries = patience(slept).tries()
    assert all(tries.again() for _ in range(4))
    assert slept == [0.5, 1.0, 2.0, 2.0]


def test_what_the_cluster_asks_for_is_waited_before_the_jitter() -> None:
    """Retry-After is kept, and those who were told the same do not come back together."""
    slept: list[float] = []
    patience(slept).tries().again(at_least_s=7.0)
    assert slept == [7.5]


def test_an_absurd_wait_is_cut() -> None:
    """Ten minutes are the most that anybody is waited for."""
    slept: list[float] = []
    patience(slept, random=0.0).tries().again(at_least_s=1e9)
    assert slept == [600.0]


def test_progress_does_not_use_patience_up() -> None:
    """Only tries in a row that brought nothing through are counted; pauses grow on."""
    slept: list[float] = []
    tries = patience(slept, retries=1).tries()
    assert all(tries.again(progress=True) for _ in range(9))
    assert tries.again()
    assert tries.again(progress=True)
    assert tries.again()
    assert not tries.again()
    assert slept[-1] == 2.0


def test_asked_to_stop_it_tries_once_more() -> None:
    """The pause is cut short, and after one more try that brings nothing it is over."""
    stopped = Patience(9, 1.0, 4.0, lambda _: True, lambda: 0.5).tries()
    assert stopped.again()
    assert not stopped.again()


def test_it_insists_until_the_cluster_answers_or_patience_ends() -> None:
    """One try more than there are retries, and other errors at once."""
    slept: list[float] = []
    answers = iter(["away", "away", "here"])

    def ask() -> str:
        answer = next(answers)
        if answer == "away":
            raise ClusterUnavailableError(answer, retry_after_s=1.0)
        return answer

    assert patience(slept, retries=2, random=0.0).insist(ask) == "here"
    assert slept == [1.0, 1.0]
    answers = iter(["away"] * 3)
    with pytest.raises(ClusterUnavailableError):
        patience(slept, retries=2).insist(ask)
    assert next(answers, None) is None
