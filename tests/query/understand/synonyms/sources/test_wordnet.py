from pathlib import Path

import pytest

from connector.errors import SynonymsError
from query.understand.synonyms.sources.vocabulary import build
from query.understand.synonyms.sources.wordnet import WordNet, candidates, read

NOUNS = """\
  1 A licence stands here.
00000010 06 n 03 sofa 0 couch 0 lounge 1 001 @ 00000040 n 0000 | a seat for more than one person
00000020 06 n 01 couch 1 000 | a coat of paint
00000030 06 n 01 armchair 0 001 @ 00000040 n 0000 | a chair with arms
00000040 06 n 01 seat 0 000 | furniture to sit on
00000050 06 n 02 cell_phone 0 mobile_phone 0 000 | a telephone without a cord
"""
NOUN_INDEX = """\
  1 A licence stands here.
armchair n 1 1 @ 1 0 00000030
cell_phone n 1 0 1 0 00000050
couch n 2 1 @ 2 0 00000020 00000010
lounge n 3 1 @ 3 0 00000030 00000040 00000010
mobile_phone n 1 0 1 0 00000050
seat n 1 0 1 0 00000040
sofa n 1 1 @ 1 1 00000010
"""
ADJECTIVES = """\
00000010 00 a 01 wired(a) 0 001 ! 00000020 a 0101 | with wires
00000020 00 a 01 wireless 0 001 ! 00000010 a 0101 | without
"""
ADJECTIVE_INDEX = """\
wired a 1 1 ! 1 0 00000010
wireless a 1 1 ! 1 0 00000020
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small database in WNDB form."""
    for name, content in (
        ("data.noun", NOUNS),
        ("index.noun", NOUN_INDEX),
        ("data.adj", ADJECTIVES),
        ("index.adj", ADJECTIVE_INDEX),
    ):
        (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


@pytest.fixture
def net(folder: Path) -> WordNet:
    """The same, read."""
    return read(folder)


def test_pairs_share_a_frequent_sense_and_stand_in_titles(net: WordNet) -> None:
    """A sense counts when it is one of the first two of both terms, and both are in titles."""
    words = build(["sofa", "couch", "lounge", "mobile phone", "cell phone"] * 3, [])
    assert list(candidates(net, words)) == [
        (("couch",), ("sofa",), 0.5),
        (("cell", "phone"), ("mobile", "phone"), 1.0),
    ]


def test_terms_that_no_title_has_yield_nothing(net: WordNet) -> None:
    """A dictionary says nothing about a catalogue that does not use its words."""
    assert list(candidates(net, build(["sofa"] * 3, []))) == []


def test_opposites_and_kinds_of_one_thing_are_apart(net: WordNet) -> None:
    """Antonyms and siblings are no synonyms; words of one sense are not apart."""
    assert net.apart(("wired",), ("wireless",))
    assert net.apart(("sofa",), ("armchair",))
    assert not net.apart(("sofa",), ("couch",))
    assert not net.apart(("sofa",), ("unheard",))


def test_other_folder_is_refused_with_what_to_give(tmp_path: Path) -> None:
    """A folder without a database says which file is missing and what a right one holds."""
    with pytest.raises(SynonymsError, match=r"data\.noun: not a WordNet database file"):
        read(tmp_path)


def test_broken_line_is_refused(folder: Path) -> None:
    """A file that is no WNDB is refused, not misread."""
    (folder / "data.adj").write_text("hello world\n", "utf-8")
    with pytest.raises(SynonymsError, match=r"data\.adj"):
        read(folder)
