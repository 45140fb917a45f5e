"""Analysis of text by language, of analysis-common's parts alone: it works on every cluster."""

import re
from typing import Any

from mappings.catalogue import Catalogue
from mappings.tables import Language

# Filters of one language's words, in order.
_WORDS: dict[Language, list[str]] = {
    "english": ["connector_possessive", "lowercase", "asciifolding", "stop", "connector_stemmer"],
    "chinese": ["cjk_width", "lowercase", "connector_cjk"],
    "standard": ["lowercase", "asciifolding"],
}
# What the engine's own filter `stop` leaves out: Lucene's words, the same in every release.
_ENGLISH_STOPPED = """
    a an and are as at be but by for if in into is it no not of on or such that the their then there
    these they this to was will with
"""
_STOPPED: dict[Language, frozenset[str]] = {"english": frozenset(_ENGLISH_STOPPED.split())}
# Pairs of neighbours: no word is left out in between, and Chinese is taken by the character.
_SHINGLED: dict[Language, list[str]] = {
    "english": [part for part in _WORDS["english"] if part != "stop"],
    "chinese": ["cjk_width", "lowercase"],
    "standard": _WORDS["standard"],
}

_FILTERS: dict[str, dict[str, Any]] = {
    "connector_possessive": {"type": "stemmer", "language": "possessive_english"},
    "connector_stemmer": {"type": "stemmer", "language": "english"},
    "connector_cjk": {"type": "cjk_bigram", "output_unigrams": "true"},
    "connector_shingles": {
        "type": "shingle",
        "min_shingle_size": "2",
        "max_shingle_size": "2",
        "output_unigrams": "false",
    },
    "connector_grams": {"type": "ngram", "min_gram": "4", "max_gram": "4"},
}

# What a thing is for, or comes with, is not what it is: a case for a phone is no phone. A title's
# head ends where that begins, provided that something stands before. To the engine \w is ASCII.
_PURPOSE: dict[Language, str] = {
    "english": r"(?i)^(.*?\w.*?)\b(?:for|with|without|compatible|fits?|designed|replaces)\b.*$",
    "chinese": r"^(.*?[0-9A-Za-z一-鿿].*?)(?:适用|适配|兼容|配套|用于).*$",
    "standard": r"^(.*)$",
}

GRAMS = "connector_grams"
HEAD = "connector_head"


def head(title: str, language: Language) -> str:
    """Return what a title says the thing is: all of it up to what it is for, or comes with."""
    return re.sub(_PURPOSE[language], r"\1", title)


def words(language: Language) -> str:
    """Return the name of a language's analyzer."""
    return f"connector_{language}"


def shingles(language: Language) -> str:
    """Return the name of a language's analyzer of pairs of neighbouring words."""
    return f"connector_{language}_shingles"


def stop_words(catalogue: Catalogue) -> frozenset[str]:
    """Return the words, in lower case, that no text of an index has: those of all its languages."""
    stopped = (_STOPPED.get(each, frozenset[str]()) for each in _languages(catalogue))
    return frozenset[str].intersection(*stopped)


def _languages(catalogue: Catalogue) -> set[Language]:
    return {catalogue.language, *(catalogue.language_of(name) for name in catalogue.fields)}


def analysis_of(catalogue: Catalogue) -> dict[str, Any]:
    """Return the index's `analysis` settings: what the catalogue's languages need, no more.

    All values are strings, as a cluster gives them back.
    """
    chains = {words(language): _WORDS[language] for language in sorted(_languages(catalogue))}
    titled = catalogue.language_of(catalogue.title)
    chains[shingles(titled)] = [*_SHINGLED[titled], "connector_shingles"]
    chains[GRAMS] = ["cjk_width", "lowercase", "asciifolding", GRAMS]
    needed = {name for chain in chains.values() for name in chain}
    analyzers = {
        name: {"type": "custom", "tokenizer": "standard", "filter": chain}
        for name, chain in chains.items()
    }
    analyzers[HEAD] = {**analyzers[words(titled)], "char_filter": [HEAD]}
    cut = {"type": "pattern_replace", "pattern": _PURPOSE[titled], "replacement": "$1"}
    return {
        "analyzer": analyzers,
        "char_filter": {HEAD: cut},
        "filter": {name: part for name, part in _FILTERS.items() if name in needed},
    }
