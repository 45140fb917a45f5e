import ast
import importlib.metadata
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Context

from connector.cli import cli
from connector.settings import load
from query.gateway.route import OWN
from query.understand.store import cache_folder

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker" / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
TARGETS = ("worker", "gateway", "reindex")


def stage(name: str) -> list[str]:
    """The instructions of one stage."""
    stages = re.split(r"^FROM ", TEXT, flags=re.MULTILINE)[1:]
    found = next(each for each in stages if each.splitlines()[0].endswith(f" AS {name}"))
    return [line for line in found.splitlines()[1:] if line and not line.startswith("#")]


def of(name: str, instruction: str) -> str:
    """The arguments of the only such instruction of a stage."""
    (line,) = [each for each in stage(name) if each.startswith(f"{instruction} ")]
    return line.removeprefix(f"{instruction} ")


def test_every_base_is_pinned_to_its_very_content() -> None:
    """A tag may move, a digest cannot."""
    (python,) = re.findall(r"^ARG PYTHON=(\S+)$", TEXT, flags=re.MULTILINE)
    assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", python)
    bases = {line.split()[0] for line in re.findall(r"^FROM (.*)$", TEXT, flags=re.MULTILINE)}
    assert bases == {"${PYTHON}", "base"}


def test_images_run_as_nobody_in_particular() -> None:
    """A number, so that Kubernetes can see that it is not root; and nothing raises it again."""
    assert of("base", "USER") == "10001:10001"
    for target in TARGETS:
        assert not [line for line in stage(target) if line.startswith(("USER", "RUN"))]


@pytest.mark.parametrize("target", TARGETS)
def test_every_image_runs_a_command_that_exists_and_says_how_it_is(target: str) -> None:
    """The process itself is the first: no shell stands between it and SIGTERM."""
    assert of(target, "ENTRYPOINT") == '["connector"]'
    command: list[str] = yaml.safe_load(of(target, "CMD"))
    group: Any = cli
    for name in [word for word in command if not word.startswith(("-", "/"))]:
        group = group.get_command(Context(cli), name)
        assert group is not None, command
    health = of(target, "HEALTHCHECK")
    script = yaml.safe_load(health.partition("CMD ")[2])[2]
    compile(script, target, "exec")


def test_what_is_remembered_goes_where_an_image_can_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of a catalogue, too: its user has no home."""
    for name, value in re.findall(r"(\w+)=(\S+)", of("base", "ENV")):
        if name != "PATH":
            monkeypatch.setenv(name, value)
    assert cache_folder().is_relative_to("/cache")
    for manifest in (ROOT / "docker" / "kubernetes").glob("*.yaml"):
        text = manifest.read_text("utf-8")
        homes = [
            text.count(f"name: {name}, value: /cache}}") for name in ("HF_HOME", "XDG_CACHE_HOME")
        ]
        assert homes[0] == homes[1], manifest.name


@pytest.mark.parametrize(("target", "path"), [("worker", "/livez"), ("gateway", f"{OWN}livez")])
def test_a_health_check_asks_where_its_image_listens(target: str, path: str) -> None:
    """By the port that the image's own settings name, the path that the process answers."""
    told = dict(re.findall(r"(CONNECTOR_\w+)=(\S+)", of(target, "ENV")))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        settings = load()
    listens = settings.ingest.http or f"{settings.gateway.host}:{settings.gateway.port}"
    host, _, port = listens.partition(":")
    assert host == "0.0.0.0"  # noqa: S104 - within the container
    assert of(target, "EXPOSE") == port
    assert f"'http://127.0.0.1:{port}{path}'" in of(target, "HEALTHCHECK")


def test_what_is_installed_is_locked_and_is_what_the_suite_runs_with() -> None:
    """Hashes for everything; no package in another version than the tests have, no tool of theirs."""
    image, every = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))
        for text in (
            (ROOT / "requirements" / name).read_text("utf-8") for name in ("image.txt", "all.txt")
        )
    )
    assert image.items() <= every.items()
    assert not {"pytest", "mypy", "ruff"} & image.keys()
    assert {"torch", "starlette", "celery", "kafka-python"} <= image.keys()
    assert "--require-hashes -r requirements/image.txt" in " ".join(stage("build"))
    assert importlib.metadata.version("celery") == image["celery"]


def test_an_image_has_every_package_that_its_code_imports() -> None:
    """Timers, gates and the report as well: nothing is missed for the first time at night."""
    text = (ROOT / "requirements" / "image.txt").read_text("utf-8")
    image = set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE))
    of_module = importlib.metadata.packages_distributions()
    rooms = ("connector", "ingest", "mappings", "query")
    missing = {
        (module, file.relative_to(ROOT).as_posix())
        for room in rooms
        for file in (ROOT / room).rglob("*.py")
        for module in imported(file) - sys.stdlib_module_names - {*rooms}
        if not {re.sub(r"[-_.]+", "-", each).lower() for each in of_module[module]} & image
    }
    assert not missing


def imported(file: Path) -> set[str]:
    """The packages that a module imports, at its top or later."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    names = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    names += [
        node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level
    ]
    return {name.partition(".")[0] for name in names}


def test_every_secret_has_to_be_given() -> None:
    """No variable of the compose file has a default, and none is written into it."""
    text = (ROOT / "docker" / "compose.connector.yaml").read_text("utf-8")
    asked = re.findall(r"\$\{([A-Z_]+)([^}]*)\}", text)
    assert {name for name, _ in asked} >= {
        "CONNECTOR_OPENSEARCH__PASSWORD",
        "CONNECTOR_GATEWAY_PASSWORD",
        "CONNECTOR_BEHAVIOUR__KEY",
        "CONNECTOR_REDIS__URL",
    }
    assert all(rest.startswith(":?") for _, rest in asked)
    for name, service in yaml.safe_load(text)["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert service["build"]["target"] in TARGETS
        for variable, value in service["environment"].items():
            assert re.fullmatch(r"\$\{[^}]*\}", value), variable


def test_an_image_is_built_of_its_own_files_alone() -> None:
    """Nothing that lies about in the folder gets into a layer."""
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        word for line in stage("build") if line.startswith("COPY ") for word in line.split()[1:-1]
    }
    assert copied == allowed


def test_what_builds_the_package_has_its_hashes_too() -> None:
    """Else the backend is whatever the index has that day; the lock knows it with what it needs."""
    (line,) = [each for each in stage("build") if "uv build" in each]
    words = line.partition("uv build ")[2].partition("&&")[0].split()
    assert "--require-hashes" in words
    lock = (ROOT / words[words.index("--build-constraints") + 1]).read_text("utf-8")
    assert re.search(r"^hatchling==\S+ \\\n +--hash=sha256:", lock, flags=re.MULTILINE)
