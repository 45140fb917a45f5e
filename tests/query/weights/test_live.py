from pathlib import Path

import pytest
from plugins.query_shop import Shop

from query.request import SearchRequest
from query.score import TERMS
from query.search import Searcher
from query.weights.files import shipped
from query.weights.live import ask

pytestmark = pytest.mark.server

QUERIES = "query_id\tquery\tseason\nq1\twool jacket\twinter\nq2\tdesk lamp\tany\n"


@pytest.fixture
def files(tmp_path: Path, searcher: Searcher) -> tuple[Path, Path]:
    """Two queries, each with the products that are found first judged best."""
    lines = ["query_id\tproduct_id\tgrade"]
    for query_id, text in (("q1", "wool jacket"), ("q2", "desk lamp")):
        ids = searcher.rank(SearchRequest(text)).ids[:3]
        lines += [f"{query_id}\t{id_}\t{grade}" for id_, grade in zip(ids, (3, 1, 0), strict=True)]
    (tmp_path / "queries.tsv").write_text(QUERIES)
    (tmp_path / "qrels.tsv").write_text("\n".join(lines) + "\n")
    return tmp_path / "queries.tsv", tmp_path / "qrels.tsv"


def test_an_index_is_asked_every_judged_query(shop: Shop, files: tuple[Path, Path]) -> None:
    """Features hold all candidates with their grades, the slices, and what made the vectors."""
    found = ask(shop.settings, shop.alias, *files, None)
    assert (found.catalogue, found.judgments, found.terms) == (shop.alias, 6, TERMS)
    assert found.first_pass == shipped().first_pass
    assert found.encoder
    assert [sorted(one.grades[one.grades > 0]) for one in found.queries] == [[1, 3], [1, 3]]
    assert [one.slices["season"] for one in found.queries] == ["winter", "any"]


def test_terms_that_are_left_out_teach_nothing(shop: Shop, files: tuple[Path, Path]) -> None:
    """A quarantined term is not in the features, so that its weight stays as it is."""
    search = shop.settings.search.model_copy(update={"quarantined": ("coverage",)})
    settings = shop.settings.model_copy(update={"search": search})
    found = ask(settings, shop.alias, *files, None)
    assert "coverage" not in found.terms
    assert found.queries[0].values.shape[1] == len(TERMS) - 1
