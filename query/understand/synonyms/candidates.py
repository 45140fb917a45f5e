"""Synonyms that something or somebody suggested: one JSON line each, with what speaks for them."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from connector import files
from connector.errors import SynonymsError
from query.understand.synonyms.rules import Rule, Term
from query.understand.synonyms.units import key_of

FILE = "candidates.jsonl"
Status = Literal["proposed", "accepted", "rejected"]

_strict = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_strict)
class Lift:
    """What a candidate did to the queries it touched.

    Attributes:
        queries: judged queries that it fires on.
        mean: mean difference of nDCG@10 over them, with the candidate minus without.
        low: of the 95 % bootstrap interval.
        high: likewise.
        wins: queries it made better.
        losses: queries it made worse.
    """

    queries: int
    mean: float
    low: float
    high: float
    wins: int
    losses: int


@dataclass(frozen=True, config=_strict)
class Candidate:
    """Two terms that may mean the same. It changes no search before it is accepted and applied.

    Attributes:
        left: a word or phrase.
        right: what it may stand for.
        source: `wordnet`, `neighbours` or `clicks`.
        score: 0 to 1, in the source's own sense: see docs/synonyms.md.
        df: titles with the left and with the right term.
        examples: a few titles with the one or the other.
        two_way: whether each stands for the other.
        weight: of the rule it would become; None takes the step's.
        status: what people or measurement said.
        lift: what a test measured, if any.
    """

    left: str
    right: str
    source: str
    score: Annotated[float, Field(ge=0, le=1)]
    df: tuple[int, int]
    examples: tuple[str, ...] = ()
    two_way: bool = True
    weight: Annotated[float, Field(gt=0, le=1)] | None = None
    status: Status = "proposed"
    lift: Lift | None = None

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that depend on the two terms and nothing else."""
        return hashlib.sha256(f"{self.left}\t{self.right}".encode()).hexdigest()[:8]

    def rule(self) -> Rule:
        """Return the rule it would become."""
        # As the file of rules is read: of a query that was clicked, spaces are as they were typed.
        left, right = (Term(" ".join(one.split()), self.weight) for one in (self.left, self.right))
        if self.two_way:
            return Rule((left, right), source=self.id)
        return Rule((Term(left.text),), (right,), self.id)


_json = TypeAdapter(Candidate)
_Pair = frozenset[tuple[str, ...]]


def read(folder: Path) -> list[Candidate]:
    """Read a folder's candidates; none where there is no file yet.

    Raises:
        SynonymsError: names file, line and field, or why the file cannot be read.
    """
    file = folder / FILE
    if not file.exists():
        return []
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SynonymsError(f"{file}: cannot be read ({error.strerror or error})") from None
    candidates = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            candidates.append(_json.validate_json(line))
        except ValidationError as error:
            fault = error.errors()[0]
            field = ".".join(str(part) for part in fault["loc"])
            raise SynonymsError(f"{file}:{number}: {field} {fault['msg'].lower()}") from None
    return candidates


def write(folder: Path, candidates: Iterable[Candidate]) -> Path:
    """Write all candidates at once; the folder is made when missing."""
    lines = (f"{_json.dump_json(one).decode()}\n" for one in candidates)
    file = folder / FILE
    files.write(file, "".join(lines), SynonymsError)
    return file


def merge(known: Iterable[Candidate], found: Iterable[Candidate]) -> list[Candidate]:
    """Add what was found anew; what was decided or measured stays, its evidence becomes the newer.

    A pair that two sources found keeps the first one's evidence, and its spelling: case, hyphens
    and the plural make no other pair.
    """
    merged = {_pair(one): one for one in known}
    seen: set[_Pair] = set()
    for one in found:
        pair = _pair(one)
        if pair in seen:
            continue
        seen.add(pair)
        old = merged.get(pair)
        if old is None:
            merged[pair] = one
        elif old.source == one.source:
            merged[pair] = replace(old, score=one.score, df=one.df, examples=one.examples)
    return list(merged.values())


def _pair(candidate: Candidate) -> _Pair:
    return frozenset((key_of(candidate.left), key_of(candidate.right)))
