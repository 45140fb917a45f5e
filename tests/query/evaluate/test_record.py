import uuid

import pytest
from opensearchpy import OpenSearch
from plugins.panels import empty
from plugins.servers import environment

from connector import cli
from connector.settings import Settings
from mappings.history import fields, store
from query.evaluate.evaluation import Evaluation
from query.evaluate.record import FIELDS, About, documents
from query.evaluate.slices import Slice


def test_every_figure_stands_in_a_field_that_is_described(evaluation: Evaluation) -> None:
    """Systems and their queries, each with its measures; what is unknown is left out."""
    about = About("2026-01-02T03:04:05.000Z", "shop", "qrels.tsv", texts=False)
    found = list(documents(evaluation, about))
    assert {name for each in found for name in each} <= set(fields.FIELDS[fields.RELEVANCE])
    kinds = [each["kind"] for each in found]
    assert kinds.count("system") == 2
    assert kinds.count("query") == 2 * 3
    (better,) = [e for e in found if e["kind"] == "system" and e["system"] == "hybrid"]
    assert better["wins"] == evaluation.systems[1].difference.wins  # type: ignore[union-attr]
    assert set(FIELDS.values()) <= set(better)
    (silent,) = [
        e
        for e in found
        if e["kind"] == "query"
        and not e["hits"]
        and e["query_id"] == "q3"
        and e["system"] == "hybrid"
    ]
    assert silent["zero_hits"] is True
    assert "best_score" not in silent


@pytest.mark.parametrize("texts", [True, False])
def test_what_was_asked_is_kept_only_where_that_is_wanted(
    evaluation: Evaluation, texts: bool
) -> None:
    """Without leave a query is told by its id, and its text stands nowhere."""
    about = About("2026-01-02T03:04:05.000Z", "shop", "qrels.tsv", texts)
    found = [each for each in documents(evaluation, about) if each["kind"] == "query"]
    labels = {each["label"] for each in found}
    assert labels == ({*evaluation.judgments.queries.values()} if texts else {"q1", "q2", "q3"})
    assert ("lamp" in repr(found)) is texts


def test_slices_are_kept_with_what_they_have_in_common(evaluation: Evaluation) -> None:
    """One document per slice and system."""
    from query.evaluate.evaluation import evaluate

    runs = [measured.run for measured in evaluation.systems]
    cut = evaluate(evaluation.judgments, runs, slices=[Slice("length", "1 word", ("q3",))])
    about = About("2026-01-02T03:04:05.000Z", "shop", "qrels.tsv", texts=False)
    rows = [each for each in documents(cut, about) if each["kind"] == "slice"]
    assert [(each["dimension"], each["slice"], each["queries"]) for each in rows] == [
        ("length", "1 word", 1)
    ] * 2


def test_what_is_kept_fills_the_board_of_relevance(
    client: OpenSearch, evaluation: Evaluation
) -> None:
    """Every panel and column of it, in the days it opens with."""
    from query.evaluate.evaluation import evaluate

    runs = [measured.run for measured in evaluation.systems]
    cut = evaluate(evaluation.judgments, runs, slices=[Slice("length", "1 word", ("q3",))])
    alias = f"t-{uuid.uuid4().hex[:12]}"
    ours = {"term": {"index": alias}}
    about = About(store.stamp(), alias, "qrels.tsv", texts=True)
    try:
        store.record(client, fields.RELEVANCE, documents(cut, about))
        # Hybrid loses none of these queries.
        assert empty(client, "connector-relevance", ours) == {"connector-losses"}
    finally:
        params = {"conflicts": "proceed"}
        client.delete_by_query(index=fields.RELEVANCE, body={"query": ours}, params=params)


def test_the_command_keeps_an_evaluation_once(
    client: OpenSearch, admin: Settings, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--record writes systems, slices and queries to the index that the dashboards read."""
    alias = f"t-{uuid.uuid4().hex[:12]}"
    monkeypatch.chdir(str(tmp_path))
    for name, text in {
        "queries.tsv": "query_id\tquery\nq1\tcoat\nq2\ttent\n",
        "qrels.tsv": "query_id\tproduct_id\tgrade\nq1\ta\t3\nq1\tb\t1\nq2\tc\t2\n",
        "bm25.run": "q1 Q0 b 1 9.0 x\nq1 Q0 a 2 8.0 x\n",
    }.items():
        with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123 - in the working directory
            file.write(text)
    for name, value in environment(admin).items():
        monkeypatch.setenv(name, value)
    asked = ["evaluate", "--queries", "queries.tsv", "--qrels", "qrels.tsv"]
    try:
        assert cli.run([*asked, "--against", "bm25.run", "--index", alias, "--record"]) == 0
        query = {"query": {"term": {"index": alias}}}
        hits = client.search(index=fields.RELEVANCE, body=query)["hits"]["hits"]
        assert len(hits) == 3
        assert "coat" not in repr(hits)
    finally:
        store.ensure(client, fields.RELEVANCE)
        client.delete_by_query(
            index=fields.RELEVANCE,
            body={"query": {"term": {"index": alias}}},
            params={"conflicts": "proceed"},
        )
