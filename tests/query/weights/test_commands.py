import json
from pathlib import Path

import pytest
from plugins.judged_queries import features

from connector import cli
from query.weights import stored
from query.weights.files import read, shipped

TRAIN = ["train", "weights"]
INSTALL = ["--set", "search.weights=weights.json", *TRAIN]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Features of a catalogue whose grades follow the vectors, and of one with next to no signal."""
    stored.write(tmp_path / "shop.npz", features(queries=40))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_training_shows_what_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One screen: what each is worth, every weight before and after, the verdict."""
    assert cli.run([*TRAIN, "--features", "shop.npz", "--out", "new.json"]) == 0
    out = capsys.readouterr().out
    assert "by hand" in out
    assert "neutral or better" in out
    assert len(out.splitlines()) < 40
    assert read(folder / "new.json").weights["vector"] > shipped().weights["vector"]


def test_good_weights_are_installed(folder: Path) -> None:
    """--install writes the file that the setting names, which need not be there before."""
    assert cli.run([*INSTALL, "--features", "shop.npz", "--install"]) == 0
    assert read(folder / "weights.json").trained


def test_bad_weights_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not clearly neutral is not installed: exit code 3, and the file stays as it is."""
    assert cli.run([*INSTALL, "--features", "shop.npz", "--install"]) == 0
    before = (folder / "weights.json").read_bytes()
    stored.write(folder / "odd.npz", features(queries=12, best=2))
    assert cli.run([*INSTALL, "--features", "odd.npz", "--install"]) == 3
    assert "not installed" in capsys.readouterr().err
    assert (folder / "weights.json").read_bytes() == before


@pytest.mark.usefixtures("folder")
def test_scripts_read_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json standard output is the model and what speaks against it."""
    assert cli.run([*TRAIN, "--features", "shop.npz", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["not_neutral"] == []
    assert plain["model"]["trained"]["report"]["measure"] == "nDCG@10"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to learn from"),
        (["--queries", "q.tsv"], "--queries and --qrels go together"),
        (["--features", "shop.npz", "--keep", "x.npz"], "--keep keeps what an index answers"),
        (["--features", "shop.npz", "--install"], "search.weights names"),
        (["--features", "none.npz"], "none.npz: cannot be read"),
        (["--features", "shop.npz", "--from", "none.json"], "none.json: cannot be read"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one line."""
    assert cli.run([*TRAIN, *arguments]) == 2
    assert said in capsys.readouterr().err
