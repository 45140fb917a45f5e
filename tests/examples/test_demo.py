import os
import subprocess
from pathlib import Path

DEMO = Path(__file__).parents[2] / "examples" / "demo.sh"
# Notes what it is asked for, and does not know where its servers are.
CONNECTOR = """\
#!/bin/sh
echo "$*" >> "$ASKED"
[ "$2" != status ]
"""


def test_a_demo_without_servers_touches_no_others(tmp_path: Path) -> None:
    """Where `status` fails nothing is written to what stands at the usual ports."""
    (tmp_path / "connector").write_text(CONNECTOR, "utf-8")
    (tmp_path / "connector").chmod(0o755)
    asked = tmp_path / "asked"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ASKED": str(asked)}
    done = subprocess.run(
        [DEMO, "--home", "here"], env=environment, capture_output=True, check=False
    )
    assert done.returncode
    assert asked.read_text("utf-8").splitlines() == [
        "local up --home here",
        "local status --home here --shell",
    ]
