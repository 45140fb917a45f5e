import csv
import json
import os
from pathlib import Path

import pytest
from plugins.shelf import catalogue

from benchmarks.lines import lines
from query.understand.interpretation import Interpretation, understand
from query.understand.negation import Negation
from query.understand.normalise import Normalise
from query.understand.price import Price

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("CONNECTOR_DATA", ROOT.parent / "shared" / "data"))

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="CONNECTOR_DATA names no folder"),
]


def _read(texts: list[str], language: str) -> list[Interpretation]:
    steps = [Normalise(language), Price(catalogue()), Negation()]  # type: ignore[arg-type]
    return [understand(text, steps) for text in texts]


def _queries(name: str) -> list[str]:
    with (DATA / name / "queries.tsv").open(encoding="utf-8") as file:
        return [row["query"] for row in csv.DictReader(file, delimiter="\t")]


@pytest.mark.parametrize("name", ["esci", "icecat"])
def test_queries_of_real_shops(name: str) -> None:
    """No price is read into a query that has none, and a negation only where there is one."""
    for query in _read(_queries(name), "english"):
        told = {finding.step for finding in query.findings}
        assert "price" not in told, query.text
        assert ("negation" in told) <= any(
            cue in query.text for cue in (" without ", " not clear")
        ), query.text
        assert query.language in ("en", "es")


@pytest.mark.parametrize(
    ("name", "language"),
    [("icecat/products.jsonl.gz", "english"), ("zh_shop/products.jsonl", "chinese")],
)
def test_titles_of_real_products(name: str, language: str) -> None:
    """Titles are full of numbers, and none of them is a price."""
    titles = [json.loads(line)["title"] for line in lines(DATA / name, 2000)]
    for query in _read([title[:200] for title in titles if title.strip()], language):
        assert query.price is None, query.text
