from typing import Any

import click
import pytest
from click.testing import CliRunner

from ingest.reindex.commands.wishes import Wishes, wishes_options


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ([], {}),
        (["--until-switched"], {}),
        (["--canary", "10%"], {"canary": 0.1}),
        (
            ["--override", "latency", "--override", "counts", "--rate", "50"],
            {"overridden": ("latency", "counts"), "rate": 50.0},
        ),
        (["--window", "22:00-06:00"], {"windows": ("22:00-06:00",)}),
    ],
)
def test_a_run_remembers_what_was_asked_and_nothing_else(
    words: list[str], kept: dict[str, Any]
) -> None:
    """`resume` changes what it is told to and leaves the rest as `start` had it."""
    heard = list[Wishes]()

    @click.command()
    @wishes_options
    def command(wishes: Wishes) -> None:
        heard.append(wishes)

    CliRunner().invoke(command, words, catch_exceptions=False)
    assert heard[0].kept == kept
    assert heard[0].until_switched is ("--until-switched" in words)
