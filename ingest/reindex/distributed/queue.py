"""A queue of slice names in Redis: how long it is, one more, none at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from kombu.utils.url import maybe_sanitize_url
from redis import Redis
from redis.exceptions import RedisError

from connector.errors import RetryLaterError
from ingest.reindex.distributed.app import TASK
from ingest.reindex.slices import Slice

_ANSWER_S = 10.0


class Queue:
    """One of the queues `embed` and `copy`.

    Every call raises RetryLaterError while Redis does not answer.

    Args:
        app: from `make_app`.
        name: of the queue.
    """

    def __init__(self, app: Celery, name: str) -> None:
        self._app, self.name = app, name
        # Celery asks again and again where nobody answers; the list's length is asked of Redis.
        self._redis: Any = Redis.from_url(app.conf.broker_url, socket_timeout=_ANSWER_S)

    def send(self, one: Slice) -> None:
        """Add a slice; it may be there already, who comes second finds it taken."""
        with self._faults():
            self._app.send_task(TASK, (one.run, one.id), queue=self.name, retry=False)

    def waiting(self) -> int:
        """Return how many names no worker has taken yet."""
        with self._faults():
            return int(self._redis.llen(self.name))

    def clear(self) -> None:
        """Take back what no worker has taken yet."""
        with self._faults():
            self._redis.delete(self.name)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, RedisError, OSError) as error:
            url = maybe_sanitize_url(self._app.conf.broker_url)
            raise RetryLaterError(
                f"Redis at {url} does not answer ({type(error).__name__}); check redis.url and "
                "that it runs, then `connector reindex resume`"
            ) from error
