from dataclasses import replace
from pathlib import Path

import pytest

from connector.errors import RefusedError
from query.understand.synonyms.accepted import apply
from query.understand.synonyms.candidates import Candidate, Lift, write
from query.understand.synonyms.folder import SynonymsFolder

SOFA = Candidate("couch", "sofa", "clicks", 0.9, (12, 40), status="accepted", weight=0.7)


def test_accepted_candidates_become_rules_with_their_evidence(tmp_path: Path) -> None:
    """Only accepted candidates are written, each below a comment that says what speaks for it."""
    lift = Lift(6, 0.021, 0.01, 0.03, 5, 1)
    other = replace(SOFA, right="divan", status="proposed")
    write(tmp_path, [replace(SOFA, lift=lift), other])
    file, count = apply(tmp_path)
    assert count == 1
    lines = file.read_text("utf-8").splitlines()
    told = "clicks 0.90, in 12 and 40 titles, lift +0.021 on 6 queries"
    assert lines[2:] == [f"# {SOFA.id}: {told}", "couch|0.7, sofa|0.7"]
    (target,) = SynonymsFolder(tmp_path).current()[0].targets("couches")
    assert (target.text, target.weight) == ("sofa", 0.7)


def test_a_term_with_two_spaces_is_applied_again_and_again(tmp_path: Path) -> None:
    """Queries that were clicked have spaces as they were typed; the rule of one is still its own."""
    write(tmp_path, [replace(SOFA, right="sofa \u3000bed"), replace(SOFA, right="divan")])
    for _ in range(2):
        file, count = apply(tmp_path)
        assert count == 2
    assert "couch|0.7, sofa bed|0.7" in file.read_text("utf-8")


def test_rejecting_later_takes_a_rule_out(tmp_path: Path) -> None:
    """The file is what is accepted now, not what was accepted once."""
    write(tmp_path, [SOFA])
    apply(tmp_path)
    write(tmp_path, [replace(SOFA, status="rejected")])
    assert apply(tmp_path)[1] == 0
    assert len(SynonymsFolder(tmp_path).current()[0]) == 0


def test_nothing_is_written_when_one_rule_is_refused(tmp_path: Path) -> None:
    """A contradiction leaves the file as it was, and names rule, reason and remedy."""
    write(tmp_path, [SOFA])
    file, _ = apply(tmp_path)
    before = file.read_bytes()
    (tmp_path / "curated.txt").write_text("lamp => light", "utf-8")
    bad = Candidate("light", "lamp", "clicks", 1.0, (3, 3), status="accepted")
    write(tmp_path, [SOFA, bad])
    with pytest.raises(RefusedError, match=f"{bad.id}: .*curated.txt:1 says only") as error:
        apply(tmp_path)
    assert f"review --reject {bad.id}" in str(error.value)
    assert file.read_bytes() == before


def test_rules_by_hand_are_not_lost(tmp_path: Path) -> None:
    """A rule in the file that comes from no candidate stops the writing."""
    write(tmp_path, [SOFA])
    (tmp_path / "accepted.txt").write_text("lamp, light\n", "utf-8")
    with pytest.raises(
        RefusedError, match=r"accepted\.txt:1: 'lamp, light' comes from no candidate"
    ):
        apply(tmp_path)
