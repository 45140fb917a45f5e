"""A Kafka broker of one stack: KRaft, broker and controller in one process."""

from pathlib import Path

from connector.errors import LocalServerError
from connector.local import assembly, places
from connector.local.children import outcome
from connector.local.java import find_java
from connector.local.server import HOST, Server, free_port
from connector.local.versions import KAFKA_JAVA

# Any base64 UUID: it names this cluster to itself.
_CLUSTER = "aHlicmlkLXNlYXJjaC1jbw"
# Room for records larger than the worker takes, so that it can be seen refusing them.
_MAX_RECORD_BYTES = 8 * 1024 * 1024


def prepare(home: Path, port: int) -> tuple[Server, str]:
    """Fetch and configure a broker; return it with its bootstrap address.

    Raises:
        LocalServerError: Java or Maven is missing, or the download failed.
    """
    java = find_java(*KAFKA_JAVA)
    installed = assembly.kafka()
    folder = places.make_private(home / "kafka")
    properties = folder / "server.properties"
    places.write(properties, "\n".join(_properties(folder, port)) + "\n")
    base = (str(java), "-Xmx512m", "-cp", f"{installed / 'lib'}/*")
    if not (folder / "data" / "meta.properties").exists():
        _format((*base, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(properties)))
    places.give(folder)
    bootstrap = f"{HOST}:{port}"
    command = (*base, "kafka.Kafka", str(properties))
    return Server("kafka", command, home / "kafka.log", lambda: is_healthy(bootstrap)), bootstrap


def is_healthy(bootstrap: str) -> bool:
    """Whether the broker answers and knows itself."""
    from connector import broker
    from connector.errors import BrokerUnavailableError
    from connector.local.server import is_listening
    from connector.settings import KafkaSettings

    if not is_listening(int(bootstrap.rpartition(":")[2])):
        return False
    try:
        admin = broker.admin(KafkaSettings(bootstrap_servers=bootstrap, timeout_s=3))
    except BrokerUnavailableError:
        return False
    admin.close()
    return True


def _format(command: tuple[str, ...]) -> None:
    done = outcome(command)
    if done.returncode:
        raise LocalServerError(f"Kafka's storage could not be made: {done.stderr.strip()[-300:]}")


def _properties(folder: Path, port: int) -> list[str]:
    controller = free_port()
    return [
        "process.roles=broker,controller",
        "node.id=1",
        f"controller.quorum.voters=1@{HOST}:{controller}",
        f"listeners=PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
        f"advertised.listeners=PLAINTEXT://{HOST}:{port}",
        "controller.listener.names=CONTROLLER",
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        f"log.dirs={folder / 'data'}",
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=8",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "group.initial.rebalance.delay.ms=0",
        # Whoever tests what happens after a crash need not wait long until the group notices it.
        "group.min.session.timeout.ms=1000",
        "auto.create.topics.enable=false",
        f"message.max.bytes={_MAX_RECORD_BYTES}",
    ]
