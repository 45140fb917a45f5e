"""A Redis server of one stack."""

from pathlib import Path

from connector.local import assembly, places
from connector.local.server import HOST, Server, answers


def prepare(home: Path, port: int) -> tuple[Server, str]:
    """Configure a Redis server; return it with its URL.

    Raises:
        LocalServerError: the package that carries redis-server is not installed.
    """
    program = assembly.redis()
    folder = places.make(home / "redis", private=True)
    command = (
        str(program),
        *("--bind", HOST),
        *("--port", str(port)),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--daemonize", "no"),
        # Keep the command line as it is: it tells whose server this is.
        *("--set-proc-title", "no"),
    )
    places.give(folder)
    server = Server("redis", command, home / "redis.log", lambda: healthy(port))
    return server, f"redis://{HOST}:{port}/0"


def healthy(port: int) -> bool:
    """Whether the server answers PING."""
    return answers(port, b"PING\r\n", b"+PONG")
