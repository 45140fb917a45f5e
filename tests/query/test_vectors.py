import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from connector.encoder.tokens import Vectors
from connector.errors import EncoderError
from query.vectors import QueryVectors


class Model:
    """Stands for the model: a text's vector is its length; holds the first call until told."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.busy, self.go = threading.Event(), threading.Event()
        self.go.set()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Return the lengths, or fail where a text says so."""
        self.calls.append(list(texts))
        self.busy.set()
        assert self.go.wait(60)
        if "spoilt" in texts:
            raise EncoderError("not finite")
        if texts == ["ended"]:
            raise SystemExit
        if "broken" in texts:
            raise RuntimeError("no device")
        return np.array([[len(text)] for text in texts], np.float32)


def behind(model: Model, vectors: QueryVectors, texts: Sequence[str]) -> list[object]:
    """Ask each text from a thread of its own while the model computes another; return all ends."""

    def ask(text: str) -> object:
        try:
            return float(vectors.of([text])[0][0])
        except BaseException as error:  # noqa: BLE001 - an end as good as any
            return error

    model.go.clear()
    with ThreadPoolExecutor(len(texts) + 1) as threads:
        first = threads.submit(ask, "first")
        assert model.busy.wait(60)
        others = [threads.submit(ask, text) for text in texts]
        # Each is counted when it waits.
        while vectors.hits + vectors.misses < len(texts) + 1:
            threading.Event().wait(0.001)
        model.go.set()
        assert first.result() == 5.0
        return [one.result() for one in others]


def test_who_asks_while_the_model_computes_is_answered_together() -> None:
    """In one call; the same text once."""
    model = Model()
    vectors = QueryVectors(model, 100)
    assert behind(model, vectors, ["a", "bb", "bb", "ccc"]) == [1.0, 2.0, 2.0, 3.0]
    first, together = model.calls
    assert first == ["first"]
    assert sorted(together) == ["a", "bb", "ccc"]


def test_a_text_that_spoils_a_batch_spoils_only_its_own() -> None:
    """The others are computed by themselves."""
    model = Model()
    ends = behind(model, QueryVectors(model, 100), ["a", "spoilt", "ccc"])
    assert (ends[0], ends[2]) == (1.0, 3.0)
    assert isinstance(ends[1], EncoderError)


def test_a_thread_that_is_ended_on_the_way_leaves_nobody_waiting() -> None:
    """Also between the texts of a spoilt batch: the rest have its end."""
    model = Model()
    ends = behind(model, QueryVectors(model, 100), ["spoilt", "ended", "ccc"])
    assert len(ends) == 3
    assert any(isinstance(end, SystemExit) for end in ends)


def test_a_failure_reaches_all_who_wait_and_is_not_remembered() -> None:
    """Whoever asks next has the model tried again."""
    model = Model()
    vectors = QueryVectors(model, 100)
    ends = behind(model, vectors, ["a", "broken"])
    assert [type(end) for end in ends] == [RuntimeError, RuntimeError]
    assert float(vectors.of(["a"])[0][0]) == 1.0


def test_the_last_texts_are_remembered() -> None:
    """What was asked for longest ago goes first, and may be forgotten on purpose."""
    model = Model()
    vectors = QueryVectors(model, 2)
    for text in ("a", "bb", "a", "ccc", "a", "bb"):
        vectors.of([text])
    assert model.calls == [["a"], ["bb"], ["ccc"], ["bb"]]
    assert (vectors.hits, vectors.misses) == (2, 4)
    vectors.forget()
    vectors.of(["a"])
    assert model.calls[-1] == ["a"]


def test_several_texts_of_one_query_are_one_call() -> None:
    """In the order of the texts, also where one stands twice."""
    model = Model()
    found = QueryVectors(model, 100).of(["bb", "a", "bb"])
    assert [float(one[0]) for one in found] == [2.0, 1.0, 2.0]
    assert model.calls == [["bb", "a"]]


def test_a_crowd_is_answered_in_batches() -> None:
    """Sixteen texts at most go together: the first need not wait for the last."""
    model = Model()
    ends = behind(model, QueryVectors(model, 100), ["x" * size for size in range(1, 41)])
    assert ends == [float(size) for size in range(1, 41)]
    assert [len(call) for call in model.calls] == [1, 16, 16, 8]
