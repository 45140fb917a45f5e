from dataclasses import replace
from pathlib import Path

import pytest
from plugins import tiny_model as tiny
from plugins.crossing import put

from mappings.gate import Crossing
from query.gates import self_recall

pytestmark = pytest.mark.encoder


def test_every_product_finds_itself(worse: Crossing) -> None:
    """By its own text, in each vector field, also with a model that knows nothing else."""
    verdict = self_recall.gate(worse)
    assert verdict.passed
    assert verdict.figures["title_vector"] == 1.0


def test_products_with_other_vectors_are_not_found(worse: Crossing, tmp_path: Path) -> None:
    """Whatever the documents say of themselves: their vectors were made by other weights."""
    odd = {f"odd{n:02}": {"title": f"lamp {n}", "body": f"lamp {n}"} for n in range(60)}
    put(worse, worse.new, odd, 1, str(tiny.build(tmp_path, seed=8)))
    try:
        verdict = self_recall.gate(replace(worse, sample=60))
        assert not verdict.passed
        assert "of sampled products" in verdict.reason
    finally:
        put(worse, worse.new, dict.fromkeys(odd), 2)


def test_products_of_one_text_are_equally_near(worse: Crossing) -> None:
    """Ten of thirty may stand before the one that is asked for."""
    same = {f"same{n:02}": {"title": "lamp", "body": "lamp"} for n in range(30)}
    put(worse, worse.new, same, 1)
    try:
        assert self_recall.gate(worse).passed
    finally:
        put(worse, worse.new, dict.fromkeys(same), 2)
