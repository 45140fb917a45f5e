import json
import runpy
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop, build
from plugins.servers import PREFIX, environment

from connector.settings import Settings
from mappings.catalogue import Catalogue, read

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted((EXAMPLES / "python").glob("*.py"))
LONGEST = 15


@pytest.fixture(scope="module")
def example_shop(client: OpenSearch, reader: Settings, tiny_model: Path) -> Iterator[Shop]:
    """The example shop under a name of its own, with a model that is quick."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    tree = read(EXAMPLES / "shop" / "catalogue.toml").model_dump(exclude_unset=True)
    catalogue = Catalogue.model_validate({**tree, "name": name, "model": {"name": str(tiny_model)}})
    lines = (EXAMPLES / "shop" / "products.jsonl").read_text("utf-8").splitlines()
    shown = {product["sku"]: _stored(product) for product in map(json.loads, lines)}
    try:
        yield build(client, reader, catalogue, shown)
    finally:
        client.indices.delete(index=f"{name}-v1", params={"ignore_unavailable": "true"})
        client.indices.delete_index_template(name=name, params={"ignore": 404})


def _stored(product: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in product.items() if name != "sku" and value is not None}
    fields["attributes"] = [f"{name}: {value}" for name, value in product["attributes"].items()]
    return fields


def test_there_are_scripts() -> None:
    """Nothing is tested below when the folder moves."""
    assert len(SCRIPTS) >= 6


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_is_short(script: Path) -> None:
    """It fits into fifteen lines of code, and opens with a sentence."""
    lines = script.read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= LONGEST
    assert lines[0].startswith('"""')


@pytest.mark.server
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_runs(
    script: Path,
    example_shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As it stands, but for the name of the index, it runs without a warning and says something."""
    text = script.read_text("utf-8")
    assert '"shop"' in text
    copy = tmp_path / script.name
    copy.write_text(text.replace('"shop"', f'"{example_shop.alias}"'), "utf-8")
    monkeypatch.chdir(tmp_path)
    for name, value in environment(example_shop.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONNECTOR_ENCODER__DEVICE", "cpu")
    runpy.run_path(str(copy), run_name="__main__")
    assert capsys.readouterr().out.strip()
