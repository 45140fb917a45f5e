import importlib.metadata
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from plugins.commands import is_command

from connector import settings
from mappings import catalogue

# docs/operations.md: a worker stops within this time.
LONGEST_STOP_S = 20
FOLDER = Path(__file__).parents[2] / "docker" / "kubernetes"


@pytest.fixture(scope="module")
def objects() -> dict[str, dict[str, Any]]:
    """Every object of the ingest workers' manifests by its kind."""
    texts = [(FOLDER / name).read_text("utf-8") for name in ("ingest.yaml", "monitor.yaml")]
    every = [each for text in texts for each in yaml.safe_load_all(text)]
    found = {each["kind"]: each for each in every}
    assert len(found) == len(every), "two of a kind: look at each by its name"
    return found


@pytest.fixture(scope="module")
def pod(objects: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The workers' pod."""
    spec: dict[str, Any] = objects["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.fixture(scope="module")
def container(pod: dict[str, Any]) -> dict[str, Any]:
    """Its only container."""
    (only,) = pod["containers"]
    found: dict[str, Any] = only
    return found


def test_every_object_is_of_a_kind_that_is_known(objects: dict[str, dict[str, Any]]) -> None:
    """With the version under which the cluster knows it, a name and a label."""
    kinds = {kind: each["apiVersion"] for kind, each in objects.items()}
    assert kinds == {
        "ConfigMap": "v1",
        "Secret": "v1",
        "ServiceAccount": "v1",
        "Deployment": "apps/v1",
        "PodDisruptionBudget": "policy/v1",
        "NetworkPolicy": "networking.k8s.io/v1",
        "PodMonitor": "monitoring.coreos.com/v1",
    }
    for each in objects.values():
        assert each["metadata"]["name"]
        assert each["metadata"]["labels"] == {"app.kubernetes.io/name": "connector-ingest"}


def test_every_object_is_what_the_cluster_takes() -> None:
    """By Kubernetes' own schemas, of the oldest and the newest version still maintained."""
    for file in sorted(FOLDER.glob("*.yaml")):
        for each in yaml.safe_load_all(file.read_text("utf-8")):
            # A PodMonitor is the Prometheus operator's, whose schema Kubernetes does not have.
            if each["kind"] == "PodMonitor":
                continue
            for version in ("1.34", "1.37"):
                kubernetes_validate.validate(each, version, strict=True)


def test_every_container_runs_an_image_that_is_built() -> None:
    """One of the Dockerfile's, in the package's own version."""
    file = FOLDER.with_name("Dockerfile").read_text("utf-8")
    targets = set(re.findall(r"^FROM base AS (\w+)$", file, flags=re.MULTILINE))
    texts = [each.read_text("utf-8") for each in FOLDER.glob("*.yaml")]
    images = re.findall(r"image: (\S+)", "".join(texts))
    version = importlib.metadata.version("hybrid-search-connector")
    built = {f"registry.example.com/connector-{target}:{version}" for target in targets}
    assert set(images) == built


def test_every_selector_finds_the_pods(objects: dict[str, dict[str, Any]]) -> None:
    """Budget, policy and monitor are about the workers."""
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for kind in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
        assert objects[kind]["spec"]["selector"]["matchLabels"] == labels
    assert objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_the_configuration_is_one_that_the_connector_takes(
    objects: dict[str, dict[str, Any]], container: dict[str, Any], tmp_path: Path
) -> None:
    """Settings and catalogue are read as they stand, and probes ask where the worker listens."""
    for name, text in objects["ConfigMap"]["data"].items():
        (tmp_path / name).write_text(text, "utf-8")
    read = settings.load(tmp_path / "connector.toml")
    assert catalogue.read(tmp_path / "catalogue.toml").name == "products"
    assert read.log.format == "json"
    assert read.ingest.http is not None
    (port,) = container["ports"]
    assert read.ingest.http == f"0.0.0.0:{port['containerPort']}"
    for probe, path in (
        ("startupProbe", "/livez"),
        ("livenessProbe", "/livez"),
        ("readinessProbe", "/readyz"),
    ):
        assert container[probe]["httpGet"] == {"path": path, "port": port["name"]}


def test_a_pod_has_longer_than_a_worker_takes_to_stop(
    pod: dict[str, Any], container: dict[str, Any]
) -> None:
    """And the worker hears the signal itself: no shell stands between."""
    assert pod["terminationGracePeriodSeconds"] > LONGEST_STOP_S
    assert container["command"][0] == "connector"


def test_a_pod_has_few_rights(pod: dict[str, Any], container: dict[str, Any]) -> None:
    """Not root, nothing to write to but scratch, no token, no privilege to gain."""
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {v["name"] for v in container["volumeMounts"] if not v.get("readOnly")}
    scratch = {v["name"] for v in pod["volumes"] if "emptyDir" in v}
    assert writable == scratch
    assert {v["name"] for v in container["volumeMounts"]} == {v["name"] for v in pod["volumes"]}


def test_secrets_stand_in_the_secret_alone(objects: dict[str, dict[str, Any]]) -> None:
    """And what stands there is a placeholder for a setting that exists."""
    secret = objects["Secret"]["stringData"]
    assert secret["CONNECTOR_OPENSEARCH__PASSWORD"] == "replace-me"
    for name in secret:
        section, _, field = name.removeprefix("CONNECTOR_").lower().partition("__")
        assert field in type(getattr(settings.Settings(), section)).model_fields
    others = [each for kind, each in objects.items() if kind != "Secret"]
    assert "password" not in yaml.safe_dump_all(others).lower()


@pytest.fixture(params=["gateway", "ingest", "reindex"])
def manifest(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """Every object of one part by its kind."""
    text = (FOLDER / f"{request.param}.yaml").read_text("utf-8")
    return {each["kind"]: each for each in yaml.safe_load_all(text)}


def test_every_part_runs_with_few_rights_and_what_it_is_given(
    manifest: dict[str, dict[str, Any]],
) -> None:
    """Not root, nothing to write to but scratch; settings and secrets of its own, by their name."""
    deployment = manifest["Deployment"]
    name, pod = deployment["metadata"]["name"], deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]
    written = {v["name"] for v in container["volumeMounts"] if not v.get("readOnly")}
    assert written == {v["name"] for v in pod["volumes"] if "emptyDir" in v}
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert labels == {"app.kubernetes.io/name": name}
    assert manifest["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    mounted = {v["configMap"]["name"] for v in pod["volumes"] if "configMap" in v}
    assert mounted == {manifest["ConfigMap"]["metadata"]["name"], "opensearch-ca"}
    secrets = manifest["Secret"]
    assert container["envFrom"] == [{"secretRef": {"name": secrets["metadata"]["name"]}}]


def test_every_part_s_configuration_and_secrets_are_settings(
    manifest: dict[str, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken as they stand; a secret that was not replaced says so itself."""
    (tmp_path / "connector.toml").write_text(manifest["ConfigMap"]["data"]["connector.toml"])
    secrets: dict[str, str] = manifest["Secret"]["stringData"]
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    settings.load(tmp_path / "connector.toml")
    assert any("replace-me" in value for value in secrets.values())


def test_the_gateway_is_asked_where_it_listens() -> None:
    """Probes and service lead to its port."""
    text = (FOLDER / "gateway.yaml").read_text("utf-8")
    found = {each["kind"]: each for each in yaml.safe_load_all(text)}
    (container,) = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    (port,) = container["ports"]
    assert port["containerPort"] == settings.GatewaySettings().port
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"].startswith("/_connector/")
        assert container[probe]["httpGet"]["port"] == port["name"]
    (door,) = found["Service"]["spec"]["ports"]
    assert door["targetPort"] == port["name"]


@pytest.fixture(scope="module")
def timed() -> list[dict[str, Any]]:
    """Every object of what runs by the clock."""
    return list(yaml.safe_load_all((FOLDER / "timers.yaml").read_text("utf-8")))


def test_every_timer_runs_a_command_alone_and_for_a_while(timed: list[dict[str, Any]]) -> None:
    """Doctor, retention, purge, evaluation, learning: options that exist, never two at once."""
    jobs = {each["metadata"]["name"]: each["spec"] for each in timed if each["kind"] == "CronJob"}
    names = ("doctor", "retention", "purge", "evaluate", "learn")
    assert set(jobs) == {f"connector-{name}" for name in names}
    for name, job in jobs.items():
        assert job["concurrencyPolicy"] == "Forbid"
        assert job["jobTemplate"]["spec"]["activeDeadlineSeconds"]
        pod = job["jobTemplate"]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        is_command([*container["command"][1:], *container["args"]])
        assert container["envFrom"] == [{"secretRef": {"name": name}}]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert {v["name"] for v in container["volumeMounts"]} == {v["name"] for v in pod["volumes"]}


def test_nobody_reaches_what_runs_by_the_clock(timed: list[dict[str, Any]]) -> None:
    """One policy finds the pods of every timer, and lets no connection in."""
    (policy,) = [each["spec"] for each in timed if each["kind"] == "NetworkPolicy"]
    assert policy["policyTypes"] == ["Ingress"]
    assert not policy.get("ingress")
    for job in (each["spec"]["jobTemplate"] for each in timed if each["kind"] == "CronJob"):
        labels = job["spec"]["template"]["metadata"]["labels"]
        assert labels == policy["podSelector"]["matchLabels"]


def test_every_timer_s_configuration_and_secrets_are_settings(
    timed: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a user of its own, and a password that somebody has to put in."""
    (config,) = [each for each in timed if each["kind"] == "ConfigMap"]
    (tmp_path / "connector.toml").write_text(config["data"]["connector.toml"])
    users = set()
    for each in timed:
        if each["kind"] == "Secret":
            for name, value in each["stringData"].items():
                monkeypatch.setenv(name, value)
            settings.load(tmp_path / "connector.toml")
            users.add(each["stringData"]["CONNECTOR_OPENSEARCH__USERNAME"])
            assert each["stringData"]["CONNECTOR_OPENSEARCH__PASSWORD"] == "replace-me"
    assert len(users) == 5
