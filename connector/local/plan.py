"""Which servers a stack has: options in, servers and their addresses out."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from connector.local import kafka, opensearch, places, redis
from connector.local.opensearch import Access
from connector.local.server import Server, choose_port
from connector.local.versions import Release

# The usual ports, taken when they are free and no other was chosen.
OPENSEARCH_PORT, KAFKA_PORT, REDIS_PORT = 9200, 9092, 6379


@dataclass(frozen=True)
class Options:
    """What the user chose; a port of None means the usual one or else a free one."""

    release: Release = "3.6"
    secure: bool = False
    opensearch_port: int | None = None
    kafka_port: int | None = None
    redis_port: int | None = None
    heap: str = "1g"

    def with_ports(self) -> "Options":
        """Return the options with every port decided.

        Raises:
            LocalServerError: a chosen port is taken.
        """
        return replace(
            self,
            opensearch_port=choose_port(self.opensearch_port, OPENSEARCH_PORT, "opensearch"),
            kafka_port=choose_port(self.kafka_port, KAFKA_PORT, "kafka"),
            redis_port=choose_port(self.redis_port, REDIS_PORT, "redis"),
        )


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

    def as_json(self) -> dict[str, Any]:
        """Return the addresses for the state file."""
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


def plan(home: Path, options: Options) -> tuple[list[Server], Addresses]:
    """Fetch, assemble and configure what the options ask for; nothing is started.

    Raises:
        LocalServerError: something needed is missing, or a download failed.
    """
    places.make(home)
    ports = options.with_ports() if options.opensearch_port is None else options
    node, access = opensearch.prepare(
        home, ports.release, ports.secure, ports.opensearch_port or 0, ports.heap
    )
    broker, bootstrap = kafka.prepare(home, ports.kafka_port or 0)
    store, url = redis.prepare(home, ports.redis_port or 0)
    return [node, broker, store], Addresses(access, bootstrap, url)
