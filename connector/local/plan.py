"""What a stack is made of: options in, servers and their addresses out."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from connector.local import kafka, opensearch, redis
from connector.local.access import Access
from connector.local.server import HOST, Server, choose_port
from connector.local.versions import Release

# The usual ports, taken when they are free and no other was chosen.
OPENSEARCH_PORT, KAFKA_PORT, REDIS_PORT = 9200, 9092, 6379


@dataclass(frozen=True)
class Options:
    """What the user chose; a port of None means the usual one or else a free one, 0 a free one."""

    release: Release = "3.6"
    secure: bool = False
    opensearch_port: int | None = None
    kafka_port: int | None = None
    redis_port: int | None = None
    heap: str = "1g"


@dataclass(frozen=True)
class Addresses:
    """How to reach the servers of a stack."""

    opensearch: Access
    kafka: str
    redis: str

    def variables(self) -> dict[str, str]:
        """Return the CONNECTOR_ variables that point every command at these servers."""
        access = self.opensearch
        values = {
            "CONNECTOR_OPENSEARCH__URL": access.url,
            "CONNECTOR_OPENSEARCH__USERNAME": access.username,
            "CONNECTOR_OPENSEARCH__PASSWORD": access.password,
            "CONNECTOR_OPENSEARCH__CA_FILE": access.ca_file,
            "CONNECTOR_KAFKA__BOOTSTRAP_SERVERS": self.kafka,
            "CONNECTOR_REDIS__URL": self.redis,
        }
        return {name: str(value) for name, value in values.items() if value is not None}

    def health(self) -> dict[str, bool]:
        """Ask every server whether it is well, now."""
        return {
            "opensearch": self.opensearch.is_healthy(),
            "kafka": kafka.is_healthy(self.kafka),
            "redis": redis.is_healthy(self.redis),
        }

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        values = asdict(self)
        ca_file = self.opensearch.ca_file
        values["opensearch"]["ca_file"] = str(ca_file) if ca_file else None
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Addresses":
        """Read back what `as_json` wrote."""
        access = dict(values["opensearch"])
        access["ca_file"] = Path(access["ca_file"]) if access["ca_file"] else None
        return cls(Access(**access), values["kafka"], values["redis"])


# Where every command looks unless it is told otherwise.
USUAL = Addresses(
    Access(f"http://{HOST}:{OPENSEARCH_PORT}"),
    f"{HOST}:{KAFKA_PORT}",
    f"redis://{HOST}:{REDIS_PORT}/0",
)


@dataclass(frozen=True)
class Plan:
    """Servers ready to be started; the options have every port decided."""

    options: Options
    servers: tuple[Server, ...]
    addresses: Addresses


def plan(home: Path, options: Options) -> Plan:
    """Fetch, assemble and configure what the options ask for; nothing is started.

    Raises:
        LocalServerError: something needed is missing, a chosen port is taken, or a download failed.
    """
    search = choose_port(options.opensearch_port, OPENSEARCH_PORT, "opensearch")
    broker = choose_port(options.kafka_port, KAFKA_PORT, "kafka")
    store = choose_port(options.redis_port, REDIS_PORT, "redis")
    decided = replace(options, opensearch_port=search, kafka_port=broker, redis_port=store)
    node, access = opensearch.prepare(home, options.release, options.secure, search, options.heap)
    log, bootstrap = kafka.prepare(home, broker)
    memory, url = redis.prepare(home, store)
    return Plan(decided, (node, log, memory), Addresses(access, bootstrap, url))
