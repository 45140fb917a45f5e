import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import forget_experiments, recording
from plugins.query_shop import COLOURS, KINDS, Shop

from connector.cli import run
from connector.settings import BehaviourSettings, Settings
from query.ubi.indices import Names
from query.ubi.pages import pages_of
from query.ubi.privacy import Privacy
from query.ubi.simulate import Crowd, simulate, write

pytestmark = pytest.mark.server


@pytest.fixture
def kept(shop: Shop, client: OpenSearch) -> Iterator[BehaviourSettings]:
    """Indices of behaviour of this shop's own."""
    with recording(client, prefix=f"{shop.alias}-learn") as settings:
        yield settings
    forget_experiments(client, shop.alias)


def judged(shop: Shop, colours: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """Grades by query: a kind in a colour wants exactly that, and a little of the kind."""
    return {
        f"{colour} {kind}": {
            id_: 3 if document["colour"] == colour else 1
            for id_, document in shop.documents.items()
            if f" {kind} " in document["title"] and "colour" in document
        }
        for colour in colours
        for kind in KINDS
    }


def files(folder: Path, name: str, grades: dict[str, dict[str, int]]) -> tuple[Path, Path]:
    """Write queries and judgments."""
    queries, qrels = folder / f"{name}.queries.tsv", folder / f"{name}.qrels.tsv"
    ids = {text: f"{name}{number}" for number, text in enumerate(grades)}
    lines = [f"{id_}\t{text}" for text, id_ in ids.items()]
    queries.write_text("\n".join(["query_id\tquery", *lines, ""]), "utf-8")
    pairs = [
        f"{ids[text]}\t{product}\t{grade}"
        for text, products in grades.items()
        for product, grade in products.items()
    ]
    qrels.write_text("\n".join(["query_id\tproduct_id\tgrade", *pairs, ""]), "utf-8")
    return queries, qrels


def test_a_round_goes_from_clicks_to_an_experiment_and_ends_with_it(  # noqa: PLR0913, PLR0917 - servers
    shop: Shop,
    admin: Settings,
    kept: BehaviourSettings,
    client: OpenSearch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On a real index: judged, trained, gated; where it meets shoppers, the round waits for them."""
    settings = shop.settings.model_copy(update={"behaviour": kept, "opensearch": admin.opensearch})
    head = judged(shop, COLOURS[:2])
    pages = pages_of(settings, shop.alias, {text: text for text in head}, ("hybrid", "bm25"))
    crowd = Crowd(1200, 1200, datetime.now(UTC) - timedelta(days=3), 3.0)
    write(client, simulate(pages, head, crowd, Privacy(kept), Names.of(kept)))
    queries, _ = files(tmp_path, "head", head)
    golden = files(tmp_path, "golden", judged(shop, COLOURS[1:]))
    assert kept.key
    given = {
        "behaviour.key": kept.key.get_secret_value(),
        "behaviour.prefix": kept.prefix,
        "opensearch.url": admin.opensearch.url,
        "search.weights": str(tmp_path / "weights.json"),
        "search.candidates": "20",
    }
    if admin.opensearch.password:
        given["opensearch.username"] = str(admin.opensearch.username)
        given["opensearch.password"] = admin.opensearch.password.get_secret_value()
        given["opensearch.ca_file"] = str(admin.opensearch.ca_file)
    flags = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
    folder = ("--folder", str(tmp_path / "learning"))

    def learn(*words: str) -> Any:
        assert run([*flags, "learn", *words, *folder, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    words = ("--golden-queries", str(golden[0]), "--golden-qrels", str(golden[1]))
    asked = ("run", "--release", "--queries", str(queries), *words, "--index", shop.alias)
    line = learn(*asked)
    assert line["pairs"] > 50
    if line["step"] == "experiment":
        assert learn(*asked)["step"] == "experiment"
        name = f"learn-{shop.alias}-1"
        assert run([*flags, "experiment", "stop", name]) == 0
        capsys.readouterr()
        line = learn(*asked)
        assert (line["outcome"], line["experiment"]) == ("not better", "stopped")
    assert line["step"] == "record"
    assert [one["outcome"] for one in learn("history")] == [line["outcome"]]
    assert not (tmp_path / "weights.json").exists()
