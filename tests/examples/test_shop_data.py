import csv
import json
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FIELDS: dict[str, type | tuple[type, ...]] = {
    "sku": str,
    "title": str,
    "description": str,
    "brand": str,
    "category": list,
    "price": (int, float, type(None)),
    "color": (str, type(None)),
    "material": (str, type(None)),
    "attributes": dict,
    "rating": float,
    "stock": int,
    "image": str,
    "updated_at": str,
}
SHOPS = pytest.mark.parametrize("shop", ["shop", "shop_zh"])


def products(shop: str) -> list[dict[str, Any]]:
    lines = (EXAMPLES / shop / "products.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def rows(shop: str, name: str) -> list[dict[str, str]]:
    with (EXAMPLES / shop / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize(("shop", "least", "queries"), [("shop", 240, 36), ("shop_zh", 40, 12)])
def test_a_shop_is_large_enough_to_rank(shop: str, least: int, queries: int) -> None:
    """Each shop has enough products and queries for an evaluation to mean something."""
    assert len(products(shop)) >= least
    assert len(rows(shop, "queries.tsv")) >= queries


@SHOPS
def test_products_have_exactly_the_documented_fields(shop: str) -> None:
    """Every product has every field, of the documented type, and no other."""
    for product in products(shop):
        assert product.keys() == FIELDS.keys(), product["sku"]
        for field, kind in FIELDS.items():
            assert isinstance(product[field], kind), (product["sku"], field)
        assert product["category"]
        assert all(isinstance(level, str) for level in product["category"])
        assert all(isinstance(value, str) for value in product["attributes"].values())


@SHOPS
def test_ids_and_texts_are_unique(shop: str) -> None:
    """No two products share a sku or a description, and no two queries an id or a text."""
    found, asked = products(shop), rows(shop, "queries.tsv")
    for values in (
        [product["sku"] for product in found],
        [product["description"] for product in found],
        [row["query_id"] for row in asked],
        [row["query"] for row in asked],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


@SHOPS
def test_versions_are_utc_times(shop: str) -> None:
    """`updated_at` is an ISO 8601 time in UTC, since it becomes the product's version."""
    for product in products(shop):
        assert datetime.fromisoformat(product["updated_at"]).utcoffset() == timedelta(0)


@SHOPS
def test_addresses_lead_nowhere(shop: str) -> None:
    """No file names a host other than example.com."""
    for path in (EXAMPLES / shop).glob("*.[jt]s*"):
        hosts = re.findall(r"https?://([^/\s\"]+)|\b(www\.\S+)", path.read_text(encoding="utf-8"))
        assert {host or bare for host, bare in hosts} <= {"example.com"}, path.name


@SHOPS
def test_judgments_name_what_exists_once(shop: str) -> None:
    """A judgment names a known query and product, has a grade from 0 to 3, and stands once."""
    judged = rows(shop, "qrels.tsv")
    assert {row["product_id"] for row in judged} <= {product["sku"] for product in products(shop)}
    assert {row["query_id"] for row in judged} == {
        row["query_id"] for row in rows(shop, "queries.tsv")
    }
    assert {row["grade"] for row in judged} == {"0", "1", "2", "3"}
    pairs = Counter((row["query_id"], row["product_id"]) for row in judged)
    assert max(pairs.values()) == 1


@SHOPS
def test_every_query_has_right_and_wrong_answers(shop: str) -> None:
    """Each query has an exact answer, two relevant ones and five judged irrelevant."""
    grades: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows(shop, "qrels.tsv"):
        grades[row["query_id"]].append(int(row["grade"]))
    for query, values in grades.items():
        assert 3 in values, query
        assert sum(value > 0 for value in values) >= 2, query
        assert values.count(0) >= 5, query
