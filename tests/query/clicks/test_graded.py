from pathlib import Path

import numpy as np
import pytest

from connector.errors import JudgmentsError, RefusedError
from query.clicks.graded import confidence, judge, numbered, write
from query.clicks.log import Estimate, Page
from query.evaluate.judgments import read

PAGES = [Page("q1", ("a", "b", "c"), (0,))] * 60 + [Page("q1", ("b", "a", "c"), (1,))] * 60


def test_grades_say_what_was_wanted_and_how_sure_that_is() -> None:
    """What was clicked at either place gets the top grade, what nobody clicked none."""
    judged = {one.product_id: one for one in judge(PAGES, "cascade", least=0.0)}
    assert [judged[id_].grade for id_ in "abc"] == [3, 0, 0]
    assert judged["a"].shown == judged["a"].clicks == 120
    assert all(0 <= one.confidence <= 1 for one in judged.values())


def test_confidence_grows_with_looks() -> None:
    """Many looks narrow the interval; none leave it open."""
    shares = Estimate(np.full(4, 0.3), np.array([0.0, 5.0, 50.0, 5000.0]))
    found = confidence(shares)
    assert found[0] == pytest.approx(0, abs=0.01)
    assert (np.diff(found) > 0).all()
    assert found[3] > 0.95


def test_where_nothing_is_sure_nothing_is_judged() -> None:
    """The message says how sure the best is, and what to do."""
    with pytest.raises(JudgmentsError, match="none reaches a confidence"):
        judge([Page("q", ("a",))], "position", least=0.9)
    with pytest.raises(JudgmentsError, match="record behaviour first"):
        judge([Page("q", ())], "position", least=0.5)


def test_the_files_are_those_that_evaluation_reads(tmp_path: Path) -> None:
    """Further columns are let pass; what exists is not overwritten."""
    pages, texts = numbered([Page("red jacket", page.ids, page.clicked) for page in PAGES])
    judged = judge(pages, "position", least=0.2)
    write(tmp_path / "clicked", judged, texts)
    found = read(tmp_path / "clicked" / "queries.tsv", tmp_path / "clicked" / "qrels.tsv")
    assert found.queries == {"q1": "red jacket"}
    assert found.grades["q1"]["a"] == 3
    with pytest.raises(RefusedError):
        write(tmp_path / "clicked", judged, texts)
