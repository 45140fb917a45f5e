"""Several batches at once: while one is embedded, the next is planned and the one before written."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Batch = TypeVar("Batch")

# Batches that wait before a stage, at most: two keep it busy whatever their sizes; more would only
# make plans old before they are carried out.
WAITING = 2


@dataclass(frozen=True)
class Stage(Generic[Batch]):
    """One step of every batch's way.

    Attributes:
        name: for the status.
        work: takes a batch in hand; what it raises ends the run.
        threads: batches that are at work at the same time.
        needed: whether a batch has anything to do here; one that has not overtakes the others.
    """

    name: str
    work: Callable[[Batch], None]
    threads: int = 1
    needed: Callable[[Batch], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Load:
    """What a stage holds, running and waiting."""

    batches: int = 0
    bytes: int = 0


@dataclass(eq=False)
class _Carried(Generic[Batch]):
    """A batch on its way. `stage` is where it is or where it waits."""

    batch: Batch
    weight: int
    stage: int = 0
    running: bool = False
    dropped: bool = False


@dataclass
class Pipeline(Generic[Batch]):
    """Carries batches through stages, each with threads and a short queue of its own.

    A batch may overtake another where a stage has several threads or is not needed. The threads
    are daemons: one that hangs in a request cannot keep the process alive.

    Attributes:
        stages: in their order.
        limit: bytes of all batches in hand, by the weights they were submitted with. A batch that
            is larger goes alone.
    """

    stages: Sequence[Stage[Batch]]
    limit: int

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._queues: list[deque[_Carried[Batch]]] = [deque() for _ in self.stages]
        self._held: list[_Carried[Batch]] = []
        self._finished: list[Batch] = []
        self._failure: Exception | None = None
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, args=(number,), name=stage.name, daemon=True)
            for number, stage in enumerate(self.stages)
            for _ in range(stage.threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def empty(self) -> bool:
        """Whether nothing is under way that could still be collected."""
        with self._changed:
            return self._empty()

    def fits(self, weight: int) -> bool:
        """Whether a batch would start soon and stay within the limit."""
        with self._changed:
            held = sum(each.weight for each in self._held)
            return not self._held or (not self._queues[0] and held + weight <= self.limit)

    def submit(self, batch: Batch, weight: int) -> None:
        """Start a batch of so many bytes."""
        with self._changed:
            carried = _Carried(batch, weight)
            self._held.append(carried)
            self._queues[0].append(carried)
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Wait until a batch leaves a stage, but no longer than `timeout_s`."""
        with self._changed:
            if not (self._finished or self._failure or self._empty()):
                self._changed.wait(timeout_s)

    def collect(self) -> list[Batch]:
        """Return the batches that are done since the last call, in the order of being done."""
        with self._changed:
            done, self._finished = self._finished, []
            return done

    def check(self) -> None:
        """Raise what a stage raised, once."""
        with self._changed:
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def shed(self, stage: str) -> None:
        """Drop the batches on which `stage` has not begun."""
        number = [each.name for each in self.stages].index(stage)
        self._drop(lambda each: (each.stage, each.running) < (number, True))

    def abandon(self) -> None:
        """Drop all batches, also those that are done and not collected."""
        self._drop(lambda _: True)
        with self._changed:
            self._finished.clear()

    def load(self) -> Mapping[str, Load]:
        """Return what each stage holds."""
        with self._changed:
            return {
                stage.name: Load(
                    sum(each.stage == number for each in self._held),
                    sum(each.weight for each in self._held if each.stage == number),
                )
                for number, stage in enumerate(self.stages)
            }

    def close(self, timeout_s: float) -> None:
        """Drop everything and wait for what runs, but no longer than `timeout_s`."""
        self.abandon()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _empty(self) -> bool:
        return not self._finished and all(each.dropped for each in self._held)

    def _drop(self, which: Callable[[_Carried[Batch]], bool]) -> None:
        """Drop batches; one that is at work is held until it is let go."""
        with self._changed:
            for each in self._held:
                each.dropped = each.dropped or which(each)
            for queue in self._queues:
                for each in [each for each in queue if each.dropped]:
                    queue.remove(each)
                    self._held.remove(each)
            self._changed.notify_all()

    def _serve(self, number: int) -> None:
        queue = self._queues[number]
        while True:
            with self._changed:
                self._changed.wait_for(lambda: queue or self._closed)
                if self._closed:
                    return
                carried = queue.popleft()
                carried.running = True
                self._changed.notify_all()
            failure = self._work(number, carried.batch)
            with self._changed:
                self._pass_on(carried, failure)
                self._changed.notify_all()

    def _work(self, number: int, batch: Batch) -> Exception | None:
        try:
            self.stages[number].work(batch)
        except Exception as error:  # noqa: BLE001 - raised again by `check`, in the worker's thread
            return error
        return None

    def _pass_on(self, carried: _Carried[Batch], failure: Exception | None) -> None:
        """Put a batch before the next stage that it needs, when there is room."""
        carried.running = False
        following = carried.stage + 1
        while following < len(self.stages) and not self.stages[following].needed(carried.batch):
            following += 1
        if failure is None and following < len(self.stages):
            queue = self._queues[following]
            self._changed.wait_for(lambda: len(queue) < WAITING or carried.dropped or self._closed)
            if not carried.dropped:
                carried.stage = following
                queue.append(carried)
                return
        self._held.remove(carried)
        if carried.dropped:
            return
        if failure is None:
            self._finished.append(carried.batch)
        else:
            self._failure = self._failure or failure
