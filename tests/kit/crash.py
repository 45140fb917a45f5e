"""Named points at which a worker dies or stands still, and what it was seen doing until then.

Production code knows nothing of them: they sit in the libraries through which a worker reaches
Kafka, OpenSearch and the model, where every version of a worker has to pass.
"""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

import pycurl

AFTER_POLL = "after poll"
MID_EMBED = "mid-embed"
BEFORE_BULK = "before bulk"
HALF_SENT = "bulk half sent"
UNREAD = "bulk sent but unread"
BEFORE_COMMIT = "after bulk before commit"
DURING_COMMIT = "during commit"
POINTS = (
    AFTER_POLL,
    MID_EMBED,
    BEFORE_BULK,
    HALF_SENT,
    UNREAD,
    BEFORE_COMMIT,
    DURING_COMMIT,
)


@dataclass
class Trap:
    """What is to happen when a worker passes a point.

    Attributes:
        point: one of POINTS.
        passes: how often the worker passes it first.
        number: SIGKILL, or SIGSTOP for a worker that is to go on later.
    """

    point: str
    passes: int = 0
    number: int = signal.SIGKILL


class Diary:
    """What a worker did, line by line, in a file that survives it; written in one system call.

    Lines: `began` with the first poll, `delivered TOPIC PARTITION OFFSET…`, `embedded TEXT…`
    (hashes), `bulk STATUS`, `trapped POINT`, `ended CODE`.
    """

    def __init__(self, file: Path, trap: Trap | None) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._trap = trap
        self._lock = threading.Lock()
        self._begun = False

    def begin(self) -> None:
        """Note the first time that Kafka is asked for records."""
        if not self._begun:
            self.write("began")
            self._begun = True

    def write(self, line: str) -> None:
        """Write one line."""
        os.write(self._file, f"{line}\n".encode())

    def passing(self, point: str) -> None:
        """Die or stand still if it is the trap's turn."""
        with self._lock:
            trap = self._trap
            if trap is None or trap.point != point:
                return
            trap.passes -= 1
            if trap.passes >= 0:
                return
            self._trap = None
            self.write(f"trapped {point}")
        # To this very thread: it must not take another step.
        signal.pthread_kill(threading.get_ident(), trap.number)


def watch(diary: Diary) -> None:
    """Put the points into the libraries of this process."""
    _watch_kafka(diary)
    _watch_opensearch(diary)
    _watch_model(diary)


def _watch_kafka(diary: Diary) -> None:
    from kafka import KafkaConsumer
    from kafka.coordinator.consumer import ConsumerCoordinator

    def delivered(_consumer: Any, polled: Any) -> None:
        for place, records in polled.items():
            offsets = " ".join(str(record.offset) for record in records)
            diary.write(f"delivered {place.topic} {place.partition} {offsets}")
        if polled:
            diary.passing(AFTER_POLL)

    _wrap(KafkaConsumer, "poll", before=lambda *_: diary.begin(), after=delivered)
    _wrap(KafkaConsumer, "commit", before=lambda *_: diary.passing(BEFORE_COMMIT))
    _wrap(KafkaConsumer, "commit_async", before=lambda *_: diary.passing(BEFORE_COMMIT))
    # Kafka has the commit, the worker does not know.
    answered = "_handle_offset_commit_response"
    _wrap(ConsumerCoordinator, answered, before=lambda *_: diary.passing(DURING_COMMIT))


def _watch_opensearch(diary: Diary) -> None:
    _Watched.diary = diary
    pycurl.Curl = _Watched  # type: ignore[misc]


class _Watched(pycurl.Curl):
    """Sends a bulk in halves, and says how far it is."""

    diary: Diary

    def __init__(self) -> None:
        super().__init__()
        # Not of the class: pycurl would not see what the instance says.
        self.is_bulk = False

    def setopt(self, option: int, value: Any) -> None:
        if option == pycurl.URL:
            self.is_bulk = b"/_bulk" in value
        if self.is_bulk and option == pycurl.POSTFIELDS:
            self._send(_Halves(value))
        elif self.is_bulk and option == pycurl.HEADERFUNCTION:
            super().setopt(option, partial(self._answered, value))
        elif not (self.is_bulk and option == pycurl.XFERINFOFUNCTION):
            super().setopt(option, value)

    def perform(self) -> None:
        if self.is_bulk:
            self.diary.passing(BEFORE_BULK)
        super().perform()
        if self.is_bulk:
            self.diary.write(f"bulk {self.getinfo(pycurl.RESPONSE_CODE)}")

    def _send(self, body: "_Halves") -> None:
        def between(*_: int) -> None:
            if body.is_between:
                self.diary.passing(HALF_SENT)
                body.is_between = False
                self.pause(pycurl.PAUSE_CONT)

        super().setopt(pycurl.POST, 1)
        super().setopt(pycurl.POSTFIELDSIZE_LARGE, body.size)
        super().setopt(pycurl.READFUNCTION, body.read)
        super().setopt(pycurl.NOPROGRESS, 0)
        super().setopt(pycurl.XFERINFOFUNCTION, between)

    def _answered(self, hear: Callable[[bytes], None], line: bytes) -> None:
        if line.startswith(b"HTTP/"):
            # libcurl has the first line, and the worker nothing yet.
            self.diary.passing(UNREAD)
        hear(line)


class _Halves:
    """A body whose first half is on its way before anybody reads the second."""

    def __init__(self, body: bytes) -> None:
        half = len(body) // 2
        self.size = len(body)
        self.is_between = False
        self._halves = [BytesIO(body[:half]), BytesIO(body[half:])]

    def read(self, size: int) -> bytes | int:
        """Return what is sent next; between the halves, that there is nothing yet."""
        part = self._halves[0].read(size)
        if not part and len(self._halves) > 1:
            del self._halves[0]
            self.is_between = True
            return pycurl.READFUNC_PAUSE
        return part


def _watch_model(diary: Diary) -> None:
    from transformers.models.bert.modeling_bert import BertModel

    forward = BertModel.forward

    @wraps(forward)
    def watched(self: Any, input_ids: Any, *arguments: Any, **more: Any) -> Any:
        answer = forward(self, input_ids, *arguments, **more)
        texts = (row[row != self.config.pad_token_id] for row in input_ids.cpu())
        diary.write(" ".join(["embedded", *map(_hash, texts)]))
        diary.passing(MID_EMBED)
        return answer

    BertModel.forward = watched


def _hash(tokens: Any) -> str:
    return blake2b(tokens.numpy().tobytes(), digest_size=8).hexdigest()


def _wrap(
    owner: type,
    name: str,
    before: Callable[..., None] | None = None,
    after: Callable[[Any, Any], None] | None = None,
) -> None:
    """Put something before a method, or after it, that is given its answer."""
    method = getattr(owner, name)

    @wraps(method)
    def wrapped(self: Any, *arguments: Any, **more: Any) -> Any:
        if before is not None:
            before(self, *arguments)
        answer = method(self, *arguments, **more)
        if after is not None:
            after(self, answer)
        return answer

    setattr(owner, name, wrapped)
