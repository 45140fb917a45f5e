"""What the pages say is there: links, commands, settings, files and targets."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from plugins.commands import is_command
from pydantic import BaseModel

from connector.cli import cli
from connector.settings import load

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = [str(page.relative_to(ROOT)) for page in PAGES]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_QUOTED = re.compile(r"`([^`\n]+)`")
# A command, up to what the shell makes of its end.
_COMMAND = re.compile(
    r"(?:^ *|\$ |&& |\$\(|\| |`)connector ((?:[^`|&;)#\n\"']|\"[^\"]*\"|'[^']*')+)", re.MULTILINE
)
_PATH = re.compile(r"`((?:\.ci|benchmarks|docker|docs|examples|requirements|tests)/[\w./@-]*\w/?)`")


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def prose_of(page: Path) -> str:
    """A page without its blocks of code."""
    return _FENCE.sub("", text_of(page))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    told = (re.sub(r"[`*]|\[|\]\([^)]*\)", "", found) for found in _HEADING.findall(prose_of(page)))
    slugs = [re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in told]
    return {
        slug if not (before := slugs[:place].count(slug)) else f"{slug}-{before}"
        for place, slug in enumerate(slugs)
    }


def commands(text: str) -> Iterator[list[str]]:
    """The commands in a text, as lists of words without `connector`."""
    for found in _COMMAND.findall(text.replace("\\\n", " ")):
        yield shlex.split(found)


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading that it has."""
    for link in _LINK.findall(prose_of(page)):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_every_command_shown_is_one(page: Path) -> None:
    """With options that it has, and what they need."""
    for _, block in _FENCE.findall(text_of(page)):
        for words in commands(block):
            is_command(words)


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_every_command_told_of_is_one(page: Path) -> None:
    """In a sentence groups stand alone, and options without their values."""
    for quoted in _QUOTED.findall(prose_of(page)):
        for words in commands(quoted):
            command: click.Command = cli
            for word in words:
                if word.startswith("--"):
                    known = {name for each in command.params for name in each.opts} | {"--help"}
                    assert word.partition("=")[0] in known, words
                elif isinstance(command, click.Group) and not word.startswith("-"):
                    found = command.get_command(click.Context(command), word)
                    assert found or "=" in word or word == "…", words
                    command = found or command


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_every_setting_named_is_one(page: Path) -> None:
    """In `--set`, in a variable, and by its name in the text."""
    text = text_of(page)
    for flag in re.findall(r"--set (\w+(?:\.\w+)+=[^\s`]+)", text):
        load(None, (flag,))
    variables = re.findall(r"CONNECTOR_([A-Z]+(?:__[A-Z_]+)+)", text)
    named = [name.lower().split("__") for name in variables]
    sections = "|".join(name for name, each in load() if isinstance(each, BaseModel))
    named += [
        each.split(".")
        for each in re.findall(rf"`((?:{sections})(?:\.[a-z_]+)+)(?<!\.yaml)`", text)
    ]
    for first, *rest in named:
        found: Any = getattr(load(), first)
        for name in rest:
            assert name in type(found).model_fields, ".".join((first, *rest))
            found = getattr(found, name)


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_every_path_and_target_named_is_there(page: Path) -> None:
    """Of the repository's folders, and of the Makefile."""
    for path in _PATH.findall(text_of(page)):
        assert (ROOT / path).exists(), path
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), flags=re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text_of(page), flags=re.MULTILINE):
        assert target in targets or target.endswith("-"), target
