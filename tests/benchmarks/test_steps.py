import csv
import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.relevance.data import DATA
from benchmarks.relevance.steps.__main__ import misread, row
from benchmarks.relevance.steps.cases import HERE, OWN, PART, Case, judged, read
from benchmarks.relevance.steps.measure import Fired, Lift
from benchmarks.relevance.zh_shop.__main__ import MODEL, records, with_model
from mappings.catalogue import Catalogue
from query.evaluate.compare import compare, interval
from query.evaluate.judgments import read as read_judgments
from query.evaluate.judgments import read_grades
from query.understand.interpretation import Finding, Interpretation

ZH = HERE.parent / "zh_shop"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="CONNECTOR_DATA names no folder")


def case(query_id: str = "one", *, kind: str = "", fires: bool = True) -> Case:
    """Return a query of a step."""
    return Case(query_id, "esci", "sharp knife", fires, kind, "", ())


@pytest.mark.parametrize("step", PART)
def test_every_step_has_enough_of_both(step: str) -> None:
    """Each step has fifteen queries and more that it should change, and that it should not."""
    counts = Counter(one.fires for one in read(step))
    assert min(counts[True], counts[False]) >= 15


def test_cells_are_well_formed() -> None:
    """Ids are unique, `fires` is yes or no, and what is left alone has no judgments."""
    rows = [line for step in PART for line in _lines(HERE / f"{step}.tsv")]
    assert len({line["query_id"] for line in rows}) == len(rows)
    own = read_grades(OWN)
    for line in rows:
        assert line["fires"] in ("yes", "no"), line
        judged_here = line["query_id"] in own
        assert (line["fires"] == "yes") == (judged_here or bool(line["of"])), line
        assert not (judged_here and line["of"]), line


@pytest.mark.data
@needs_data
@pytest.mark.parametrize("step", PART)
def test_what_should_change_can_be_judged(step: str) -> None:
    """Each such query has something to find, and nothing unwanted is relevant."""
    cases = [one for one in read(step) if one.fires]
    grades = judged(cases, DATA).grades
    for one in cases:
        assert any(grades[one.query_id].values()), one
        assert all(grades[one.query_id].get(id_, 0) < 2 for id_ in one.unwanted), one


def test_the_chinese_judgments_are_whole() -> None:
    """All queries can be evaluated, with grades from 0 to 3 and a kind each."""
    found = read_judgments(ZH / "queries.tsv", ZH / "qrels.tsv")
    assert len(found.queries) >= 70
    assert found.unjudged == found.unasked == found.unanswerable == ()
    assert {grade for one in found.grades.values() for grade in one.values()} == {0, 1, 2, 3}
    assert all(line["kind"] for line in _lines(ZH / "queries.tsv"))


@pytest.mark.data
@needs_data
def test_chinese_ids_are_of_products() -> None:
    """Nothing is judged that the shop does not have, and every record has an id and attributes."""
    with (DATA / "zh_shop" / "products.jsonl").open(encoding="utf-8") as lines:
        found = {one["id"]: one for one in records(lines)}
    judged_ids = {id_ for one in read_grades(ZH / "qrels.tsv").values() for id_ in one}
    assert judged_ids <= set(found)
    assert all(isinstance(one["attributes"], dict) for one in found.values())


def test_a_repeated_attribute_is_one() -> None:
    """Pairs of the same name become the values of one name, each once."""
    pairs = [["颜色", "红"], ["颜色", "蓝"], ["颜色", "红"]]
    (found,) = records([json.dumps({"id": "a", "attributes": pairs})])
    assert found == {"id": "a", "attributes": {"颜色": ["红", "蓝"]}}


def test_the_model_is_the_one_asked_for() -> None:
    """The catalogue is the committed one but for the model."""
    texts = (with_model(model) for model in (MODEL, "/m/zh"))
    own, other = (Catalogue.model_validate(tomllib.loads(text)) for text in texts)
    assert other.model.name == "/m/zh"
    assert own == other.model_copy(update={"model": own.model})


@pytest.mark.parametrize(
    ("kind", "effect", "fired"),
    [
        ("", "read as", True),
        ("brand", "read as", True),
        ("colour", "read as", False),
        ("", "", False),
    ],
)
def test_a_finding_counts_by_its_effect_and_kind(kind: str, effect: str, *, fired: bool) -> None:
    """A step fired when it left a finding of the kind that is meant, with an effect."""
    found = Finding("entities", "brand", "sharp", 0, 5, "catalogue", effect)
    query = Interpretation.of("sharp knife").noticed(found)
    assert case(kind=kind).fired("entities", query) is fired
    assert not case(kind=kind).fired("spelling", query)


def test_a_row_counts_and_misread_queries_are_listed() -> None:
    """Precision is of what fired; missed and wrongly changed queries are named."""
    cases = Fired((case("a"),), (case("b"),), (case("c", fires=False),), ())
    worth = Lift(interval([0.5, 0.7]), compare([0.5, 0.7], [0.5, 0.5]), (1, 4))
    line = row("entities", cases, worth)
    assert line.startswith("| entities | 1/2 | 1/1 | 0.50 | 0.600 | +0.100 [")
    assert line.endswith("1/0 | 1 / 4 |")
    assert [one.split("\t")[1:3] for one in misread("entities", cases)] == [
        ["missed", "b"],
        ["wrong", "c"],
    ]


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t")
