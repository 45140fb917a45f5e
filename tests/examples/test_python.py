import runpy
from pathlib import Path

import pytest
from plugins.example_shop import EXAMPLES
from plugins.query_shop import Shop
from plugins.servers import environment

SCRIPTS = sorted((EXAMPLES / "python").glob("*.py"))
LONGEST = 15


def test_there_are_scripts() -> None:
    """Nothing is tested below when the folder moves."""
    assert len(SCRIPTS) >= 6


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_is_short(script: Path) -> None:
    """It fits into fifteen lines of code, and opens with a sentence."""
    lines = script.read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= LONGEST
    assert lines[0].startswith('"""')


@pytest.mark.server
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_runs(
    script: Path,
    example_shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As it stands, but for the name of the index, it runs without a warning and says something."""
    text = script.read_text("utf-8")
    assert '"shop"' in text
    copy = tmp_path / script.name
    copy.write_text(text.replace('"shop"', f'"{example_shop.alias}"'), "utf-8")
    monkeypatch.chdir(tmp_path)
    for name, value in environment(example_shop.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONNECTOR_ENCODER__DEVICE", "cpu")
    runpy.run_path(str(copy), run_name="__main__")
    assert capsys.readouterr().out.strip()
