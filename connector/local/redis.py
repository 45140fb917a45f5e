"""A Redis server of one stack."""

from pathlib import Path
from urllib.parse import urlsplit

from connector.local import assembly, places
from connector.local.server import HOST, Server, answers


def prepare(home: Path, port: int) -> tuple[Server, str]:
    """Configure a Redis server; return it with its URL.

    Raises:
        LocalServerError: the package that carries redis-server is not installed.
    """
    program = assembly.redis()
    folder = places.make_private(home / "redis")
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
    url = f"redis://{HOST}:{port}/0"
    return Server("redis", command, home / "redis.log", lambda: is_healthy(url)), url


def is_healthy(url: str) -> bool:
    """Whether the server answers PING."""
    return answers(urlsplit(url).port or 0, b"PING\r\n", b"+PONG")
