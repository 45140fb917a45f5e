import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.local import kafka, versions

FILE = Path(__file__).parents[2] / "docker" / "compose.yaml"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The file's services."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["services"]
    return found


def test_both_ways_run_the_same_versions(services: dict[str, dict[str, Any]]) -> None:
    """Containers and `connector local` agree on what is run."""
    images = {name: service["image"] for name, service in services.items()}
    assert images == {
        "opensearch": f"opensearchproject/opensearch:{versions.CURRENT.version}",
        "dashboards": f"opensearchproject/opensearch-dashboards:{versions.CURRENT.version}",
        "kafka": f"apache/kafka:{versions.KAFKA}",
        "redis": f"redis:{versions.REDIS}",
    }


def test_every_port_is_open_on_this_machine_only(services: dict[str, dict[str, Any]]) -> None:
    """No container listens to the network."""
    for service in services.values():
        assert service["ports"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_every_server_has_a_health_check_and_keeps_its_data(
    services: dict[str, dict[str, Any]],
) -> None:
    """`up --wait` means something, and `down` loses nothing."""
    for name, service in services.items():
        assert service["healthcheck"]["test"], name
        # Dashboards keeps everything in the cluster.
        assert "volumes" in service or name == "dashboards", name


def test_compose_itself_accepts_the_file() -> None:
    """The file is valid to Docker Compose."""
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("no docker client on this machine")
    version = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    if version.returncode:
        pytest.skip("the docker client has no compose plugin")
    done = subprocess.run(
        [docker, "compose", "-f", str(FILE), "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_both_brokers_are_set_up_alike(services: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    """Limits and manners of the container's Kafka are those of the local one."""
    here = dict(line.split("=", 1) for line in kafka._properties(tmp_path, 9092))
    there = {
        name.removeprefix("KAFKA_").replace("_", ".").lower(): value
        for name, value in services["kafka"]["environment"].items()
    }
    placed = (
        "listener",
        "advertised",
        "controller",
        "log.dirs",
        "inter.broker",
        "offsets.topic.num",
    )
    for name in here.keys() | there.keys():
        if not name.startswith(placed):
            assert here.get(name) == there.get(name), name


def test_ours_run_as_nobody_with_scratch_alone_to_write_to() -> None:
    """No service of the connector's file undoes what its image says, or gains anything."""
    file = FILE.with_name("compose.connector.yaml")
    for name, service in yaml.safe_load(file.read_text("utf-8"))["services"].items():
        assert not {"user", "privileged", "cap_add", "network_mode"} & service.keys(), name
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(each.startswith("/tmp:size=") for each in service["tmpfs"])  # noqa: S108
        mounts = [each.rsplit(":", 2) for each in service["volumes"]]
        assert all(each[-1] == "ro" or each[0] == "cache" for each in mounts), name


def test_nothing_has_a_password_that_everybody_knows() -> None:
    """The servers for one machine have none at all, and no port that a network reaches."""
    for file in FILE.parent.glob("compose*.yaml"):
        for name, service in yaml.safe_load(file.read_text("utf-8"))["services"].items():
            for variable, value in service.get("environment", {}).items():
                secret = any(word in variable for word in ("PASSWORD", "SECRET", "KEY", "TOKEN"))
                assert not secret or value.startswith("${"), (name, variable)
