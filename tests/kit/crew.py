"""The workers of one stage: hired, waited for, and looked after."""

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from kafka.admin import ConfigResource, ConfigResourceType
from plugins.servers import environment

from connector import broker
from kit.crash import Trap
from kit.nursery import Life, Nursery, nursery
from kit.stage import Stage

# A machine that does other things too must not look dead; and no broker has to allow less.
_SHORTEST_SESSION_MS = 2_000


class Crew:
    """Hires workers for a stage.

    Args:
        home: where they are started.
        stage: what they work on.
        settings: of the command, as `{"ingest.batch_records": "50"}`.
        mortal: whether Kafka takes them for dead after the shortest silence it allows.
    """

    def __init__(
        self, home: Nursery, stage: Stage, settings: dict[str, str], *, mortal: bool
    ) -> None:
        self._home, self._stage = home, stage
        encoder = stage.shop.settings.encoder
        chosen = {"encoder.device": encoder.device, "encoder.dtype": encoder.dtype, **settings}
        self._environment = environment(stage.shop.settings) | {
            "CONNECTOR_CATALOGUE": str(stage.shop.file),
            **{f"CONNECTOR_{key.upper().replace('.', '__')}": v for key, v in chosen.items()},
        }
        shortest = max(_SHORTEST_SESSION_MS, _least_session_ms(stage))
        self._session_ms = shortest if mortal else None

    @property
    def lives(self) -> Sequence[Life]:
        """Everybody who was ever hired."""
        return self._home.lives

    def hire(self, trap: Trap | None = None) -> Life:
        """Start a worker."""
        return self._home.start(["ingest", "--json"], self._environment, trap, self._session_ms)

    def drain(self, workers: int, patience_s: float = 240.0) -> None:
        """Let fresh workers finish everything, then stop them.

        Args:
            workers: how many.
            patience_s: how long nothing may move before they count as stuck.

        Raises:
            AssertionError: they are stuck, or one did not end with 0.
        """
        hired = [self.hire() for _ in range(workers)]
        self.settle(patience_s)
        dismiss(hired)

    def settle(self, patience_s: float = 240.0) -> None:
        """Wait until those who are there have finished everything.

        Raises:
            AssertionError: nothing has moved for `patience_s`.
        """
        await_progress(self._stage.unread, lambda left: left == 0, patience_s)


def dismiss(hired: Iterable[Life]) -> None:
    """Stop workers as an operator does; one that has not yet begun to work is waited for.

    Raises:
        AssertionError: one did not end, or not with 0.
    """
    hired = list(hired)
    for life in hired:
        await_progress(lambda life=life: life.begun or not life.alive, bool, 240, 0.1)
        life.send(signal.SIGTERM)
    for life in hired:
        assert life.wait(240), f"a worker ignores SIGTERM: {life.said}"
        assert life.code == 0, f"a worker ended with {life.code}: {life.said}"


@contextmanager
def crew(
    folder: Path,
    stage: Stage,
    others: Mapping[str, str] | None = None,
    /,
    *,
    mortal: bool = True,
    **settings: str,
) -> Iterator[Crew]:
    """Open a crew; whoever still works at its end is killed.

    Args:
        folder: must exist; keeps what the workers leave behind.
        stage: what they work on.
        others: settings by their whole names.
        mortal: whether workers die here, so that Kafka has to notice soon. Where nobody dies they
            keep their own patience: one that waits for the processor must not look dead.
        settings: of the section `ingest`.
    """
    own = {f"ingest.{name}": value for name, value in settings.items()}
    with nursery(folder) as home:
        yield Crew(home, stage, {**own, **(others or {})}, mortal=mortal)


def await_progress(
    look: Callable[[], int], enough: Callable[[int], bool], patience_s: float, every_s: float = 0.5
) -> None:
    """Look again and again until it is enough; it may take long, but something has to move.

    Raises:
        AssertionError: the same was seen for `patience_s`.
    """
    seen, since = look(), time.monotonic()
    while not enough(seen):
        time.sleep(every_s)
        now = look()
        if now != seen:
            seen, since = now, time.monotonic()
        assert time.monotonic() - since < patience_s, f"stuck at {seen} for {patience_s:.0f} s"


def _least_session_ms(stage: Stage) -> int:
    broker_itself = ConfigResource(ConfigResourceType.BROKER, "1")
    with closing(broker.admin(stage.admin.kafka)) as admin:
        found = admin.describe_configs([broker_itself], config_filter="all")
    return int(found["broker"]["1"]["group.min.session.timeout.ms"]["value"])
