"""Serving the gateway: processes that share one socket, replaced one by one and never missed."""

import logging
import math
import os
import signal
import socket
import ssl
import tempfile
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from connector import telemetry
from connector.errors import ConnectorError
from connector.handlers import set_soon
from connector.settings import Settings
from query.gateway.connection import Connection
from query.gateway.metrics import SHARED

if TYPE_CHECKING:
    from query.gateway.app import Front

log = logging.getLogger(__name__)

# A client's connection that rests longer is closed. The cluster closes none; a balancer that closes
# them first, after up to 600 s, never sends a request into one that is being closed here.
_RESTING_S = 620
# A process that does not stir so long is replaced.
_STILL_S = 30
# One that replaces another has so long until it ranks.
_READY_S = 150
# Beyond the cluster's own timeout, until answers under way are cut off.
_LEAVING_S = 5


class Processes(Multiprocess):
    """Processes that answer. One that dies or hangs is replaced.

    Args:
        config: how they serve.
        listening: the socket that they share.
        read: reads the settings again.
        made: returns the application of a process that replaces another.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        listening: socket.socket,
        read: Callable[[], Settings],
        made: Callable[[Settings], Callable[[], "Front"]],
    ) -> None:
        super().__init__(config, [listening])
        self._read, self._made = read, made
        for number in (signal.SIGTERM, signal.SIGINT):
            # At once, also while others are being replaced.
            signal.signal(number, lambda *_: set_soon(self.should_exit))

    def handle_hup(self) -> None:
        """Replace them one after the other, each once the new one ranks."""
        try:
            self.config.app = self._made(self._read())
        except ConnectorError as error:
            log.warning("%s; the gateway goes on as it was", error)
            return
        self.config.timeout_worker_healthcheck = _READY_S
        try:
            self.restart_all()
        finally:
            self.config.timeout_worker_healthcheck = _STILL_S


def configured(settings: Settings, host: str, port: int, verbose: bool) -> uvicorn.Config:
    """Return how the gateway is served.

    Args:
        settings: of the cluster and the gateway.
        host: to listen on.
        port: likewise; 0 is a free one.
        verbose: whether each process logs at debug level.
    """
    own = settings.gateway
    return uvicorn.Config(
        partial(application, settings, verbose),
        factory=True,
        workers=own.processes,
        host=host,
        port=port,
        http=Connection,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ssl_certfile=own.certificate,
        ssl_keyfile=own.key,
        ssl_ca_certs=own.clients_ca_file,
        ssl_cert_reqs=ssl.CERT_OPTIONAL if own.clients_ca_file else ssl.CERT_NONE,
        timeout_keep_alive=_RESTING_S,
        timeout_worker_healthcheck=_STILL_S,
        timeout_graceful_shutdown=math.ceil(settings.opensearch.timeout_s) + _LEAVING_S,
    )


def application(settings: Settings, verbose: bool, *, replacing: bool = False) -> "Front":
    """Return the application of one process, its log lines set up."""
    from query.gateway.app import build

    telemetry.configure(verbose, settings.log.format)
    return build(settings, replacing=replacing)


def run(
    config: uvicorn.Config,
    listening: socket.socket,
    verbose: bool,
    read: Callable[[], Settings],
    tell: Callable[[], None],
) -> None:
    """Serve until SIGTERM or Ctrl-C: what is under way is answered first.

    SIGHUP reads settings, models, weights, synonyms and rules again. Address, certificate and the
    number of processes stay.

    Args:
        config: as `configured` returns it.
        listening: the socket.
        verbose: whether each process logs at debug level.
        read: reads the settings again.
        tell: called once who connects is answered and signals are heeded.
    """
    with tempfile.TemporaryDirectory(prefix="connector-gateway-") as folder:
        if config.workers > 1:
            os.environ[SHARED] = folder
        replacement = partial(application, verbose=verbose, replacing=True)
        processes = Processes(config, listening, read, lambda own: partial(replacement, own))
        # Who comes before the first process answers waits for it.
        listening.listen(config.backlog)
        tell()
        processes.run()
