"""Serving the gateway: in this process, or in several that share one socket."""

import os
import socket
import tempfile
from functools import partial

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from connector import telemetry
from connector.settings import Settings
from query.gateway.metrics import SHARED


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
        http="h11",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ssl_certfile=own.certificate,
        ssl_keyfile=own.key,
    )


def application(settings: Settings, verbose: bool) -> Starlette:
    """Return the application of one process, its log lines set up."""
    from query.gateway.app import build

    telemetry.configure(verbose, settings.log.format)
    return build(settings)


def run(config: uvicorn.Config, listening: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Several processes are watched: one that dies is replaced, and SIGHUP replaces them one after the
    other, each once the new one serves, so that models, rules and synonyms are read again.
    """
    if config.workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
        return
    with tempfile.TemporaryDirectory(prefix="connector-gateway-") as folder:
        os.environ[SHARED] = folder
        Multiprocess(config, [listening]).run()
