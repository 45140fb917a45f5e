"""Candidates with their evidence, from whichever sources were asked."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from connector.settings import SearchSettings
from mappings.live import LiveIndex
from query.engine import Engine
from query.understand.compile import MOST_PRODUCTS
from query.understand.entities.census import texts_of
from query.understand.store import lexicon_of
from query.understand.synonyms.candidates import Candidate
from query.understand.synonyms.sources import clicks, neighbours, wordnet
from query.understand.synonyms.sources.vocabulary import Key, Vocabulary, build
from query.understand.synonyms.units import key_of

# Two products of one category are not two of a kind: "sofas" and "couches" may both be categories.
_NOT_EXCLUSIVE = "category"


def vocabulary_of(engine: Engine, live: LiveIndex, settings: SearchSettings) -> Vocabulary:
    """Read the words of a live index, of as many products as the lexicon is mined from.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    values = [
        (one.kind, one.form)
        for one in lexicon_of(engine, live, settings).values
        if one.kind != _NOT_EXCLUSIVE
    ]
    title = live.catalogue.title
    documents = engine.scan({"includes": [title]}, MOST_PRODUCTS)
    return build((" ".join(texts_of(one, title)) for one in documents), values)


def from_wordnet(words: Vocabulary, net: wordnet.WordNet) -> Iterator[Candidate]:
    """Yield terms of the catalogue that share a frequent sense."""
    yield from _mined(words, "wordnet", wordnet.candidates(net, words))


def from_neighbours(
    words: Vocabulary, encode: neighbours.Encode, net: wordnet.WordNet | None
) -> Iterator[Candidate]:
    """Yield terms of the catalogue with each other's nearest vectors.

    Args:
        words: of the catalogue.
        encode: see `neighbours.candidates`.
        net: where there is one, opposites and siblings in it are left out.
    """
    pairs = neighbours.candidates(words, encode)
    kept = (pair for pair in pairs if not (net and net.apart(pair[0], pair[1])))
    yield from _mined(words, "neighbours", kept)


def from_clicks(words: Vocabulary, file: Path) -> Iterator[Candidate]:
    """Yield what queries with the same clicked products differ by.

    Raises:
        SynonymsError: the file is wrong.
    """
    for left, right, score in clicks.candidates(clicks.read(file)):
        yield _candidate(words, "clicks", (left, right), score)


def _mined(
    words: Vocabulary, source: str, pairs: Iterable[tuple[Key, Key, float]]
) -> Iterator[Candidate]:
    for one, other, score in pairs:
        yield _candidate(words, source, (words.spelling[one], words.spelling[other]), score)


def _candidate(words: Vocabulary, source: str, pair: tuple[str, str], score: float) -> Candidate:
    left, right = sorted(pair)
    keys = key_of(left), key_of(right)
    df = words.df(keys[0]), words.df(keys[1])
    return Candidate(left, right, source, round(score, 3), df, words.examples(*keys))
