"""The evidence of a page as sentences and bars: the same for the terminal and for the browser."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mappings.catalogue import Catalogue
from mappings.dashboards.panel import Language
from query.explain.phrases import Speech
from query.response import Evidence, Hit, Match, SearchResponse, Term

if TYPE_CHECKING:
    from query.ranking import Adjustment
    from query.understand.interpretation import Finding, Interpretation

# A product is told by these roles, in this order; the title first.
ROLES = ("title", "brand", "price")

_ENGLISH = Speech()

# A share that is shown as 0.000.
_LEAST = 0.0005

MEANINGS = {
    "lexical": "BM25 of the words, their pairs and their 4-grams, of the most there can be",
    "words": "BM25 of the words anywhere in the product, of the most there can be",
    "vector": "how close in meaning, beyond what all products share",
    "coverage": "share of the query's words that the product has, by how rare they are",
    "title": "share of the query's words that its title has",
    "accessory": "words the title has only after “for”, “with” and the like",
    "avoided": "whether it has what the query does not want",
    "entities": "share of the named brand, colour, … that the product has",
    "category": "share of the nearest products that are in the product's categories",
    "neighbours": "how well products like this one answer",
    "feedback": "how like the best answers it is, where words do not settle the query",
    "native": "the engine's own score, which keeps its parts to itself",
}


@dataclass(frozen=True)
class Bar:
    """One term of a score.

    Attributes:
        name: of the term.
        meaning: in words.
        sum: `weight · value`, empty where the term has no weight.
        share: what it adds to the score.
        width: of the widest bar on the page, 0 to 1; the sign is the share's.
        raw: raw score and rank, in words.
    """

    name: str
    meaning: str
    sum: str
    share: float
    width: float
    raw: str


@dataclass(frozen=True)
class Fact:
    """One line below the bars: a word and where it was found, a move, a lack.

    Attributes:
        kind: `has`, `lacks`, `named`, `instead`, or the name of a stage.
        text: what is told.
    """

    kind: str
    text: str


@dataclass(frozen=True)
class Card:
    """One hit.

    Attributes:
        place: in the ranking, from 1.
        id: of the product.
        title: of the product.
        about: brand, price and the like.
        score: of the hit.
        found_by: legs with ranks.
        bars: one per term that adds something or takes it away, the largest share first.
        facts: what the product has and lacks, and what was done to it.
    """

    place: int
    id: str
    title: str
    about: tuple[str, ...]
    score: float
    found_by: tuple[str, ...]
    bars: tuple[Bar, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Page:
    """One response.

    Attributes:
        system: that answered.
        typed: what the user wrote; empty where the system does not understand queries.
        headline: how many were found, how fast.
        understood: what each step noticed.
        notes: what was done to the request.
        cards: the hits.
    """

    system: str
    typed: str
    headline: str
    understood: tuple[Fact, ...]
    notes: tuple[str, ...]
    cards: tuple[Card, ...]


def page(
    response: SearchResponse, catalogue: Catalogue, first: int, language: Language = "en"
) -> Page:
    """Return a response as it is shown.

    Args:
        response: of one system.
        catalogue: says which stored field is title, brand and price.
        first: place of the first hit, from 1.
        language: that evidence is told in; a product's and a shopper's own words stay as they are.
    """
    speech = Speech(language)
    terms = [term for hit in response.hits for term in hit.evidence.terms]
    widest = max((abs(term.share) for term in terms), default=0.0)
    return Page(
        system=response.system,
        typed=response.interpretation.typed if response.interpretation else "",
        headline=headline(response, speech),
        understood=tuple(_understood(response.interpretation, speech)),
        notes=tuple(map(speech.read, response.notes)),
        cards=tuple(
            _card(hit, catalogue, place, widest, speech)
            for place, hit in enumerate(response.hits, first)
        ),
    )


def headline(response: SearchResponse, speech: Speech = _ENGLISH) -> str:
    """Return which system found how many, how fast."""
    exact = response.relation == "eq"
    phrase = "{}: {} found, {} ms" if exact else "{}: at least {} found, {} ms"
    return speech.say(phrase, response.system, f"{response.total:,}", f"{response.took_ms:.0f}")


def shown(catalogue: Catalogue) -> list[str]:
    """Return the fields that tell a product to people."""
    return [name for role in ROLES for name, spec in catalogue.fields.items() if spec.role == role]


def found_by(hit: Hit) -> tuple[str, ...]:
    """Return the legs that know the product, with its rank on each."""
    return tuple(f"{term.name} {term.rank}" for term in hit.evidence.terms if term.rank)


def signed(share: float) -> str:
    """Return a share with its sign; what rounds to nothing has none that matters."""
    return f"{round(share, 3) + 0.0:+.3f}"


def plain(value: Any) -> str:
    """Return a stored value as one line; characters that could steer a terminal become spaces."""
    if value is None:
        return ""
    # A price of 29 is stored as 29.0.
    whole = isinstance(value, float) and value.is_integer()
    told = value if isinstance(value, list) else [int(value) if whole else value]
    text = ", ".join(map(str, told))
    return "".join(char if char.isprintable() else " " for char in text)


def _card(hit: Hit, catalogue: Catalogue, place: int, widest: float, speech: Speech) -> Card:
    title, *others = shown(catalogue)
    return Card(
        place=place,
        id=plain(hit.id),
        title=plain(hit.source.get(title)),
        about=tuple(filter(None, (plain(hit.source.get(name)) for name in others))),
        score=hit.score,
        found_by=found_by(hit),
        bars=tuple(bars(hit.evidence.terms, widest, speech)),
        facts=(*_facts(hit.evidence, speech), *_stands(hit, speech)),
    )


def bars(terms: Sequence[Term], widest: float, speech: Speech = _ENGLISH) -> Iterator[Bar]:
    """Yield terms by what they add or take away; those that do neither only if all do not.

    Args:
        terms: of one hit.
        widest: the largest share there is, for the widths.
        speech: that names them.
    """
    weighing = [term for term in terms if abs(term.share) >= _LEAST]
    for term in sorted(weighing or terms, key=lambda term: -abs(term.share)):
        yield Bar(
            name=speech.read(term.name),
            meaning=speech.read(MEANINGS.get(term.name, "")),
            sum=f"{term.weight:.2f} · {term.value:.3f}" if term.weight else "",
            share=term.share,
            width=term.share / widest if widest else 0.0,
            raw=_raw(term, speech),
        )


def _raw(term: Term, speech: Speech) -> str:
    none = term.raw is None
    said = speech.say("no such score") if none else speech.say("raw {}", f"{term.raw:.3f}")
    return f"{said}, #{term.rank}" if term.rank else said


def _facts(evidence: Evidence, speech: Speech) -> Iterator[Fact]:
    own = [match for match in evidence.matches if not match.step]
    put = [match for match in evidence.matches if match.step and match.step != "entities"]
    named = [match for match in evidence.matches if match.step == "entities"]
    if own:
        yield Fact(speech.say("has"), " · ".join(_fielded(own, speech)))
    for text in _fielded(put, speech):
        yield Fact(speech.say("instead"), text)
    if named:
        values = (f"{plain(one.found)} ({one.field})" for one in named)
        yield Fact(speech.say("named"), " · ".join(values))
    if evidence.missing:
        yield Fact(speech.say("lacks"), " · ".join(map(plain, evidence.missing)))
    if evidence.clauses:
        yield Fact(speech.say("lexical parts"), _scores(evidence.clauses))
    for one in evidence.adjustments:
        yield Fact(speech.read(one.stage), moved(one, speech))


def _stands(hit: Hit, speech: Speech) -> Iterator[Fact]:
    if hit.others:
        yield Fact(speech.say("variants"), speech.say("stands for {} more", hit.others))


def _fielded(matches: Iterable[Match], speech: Speech) -> Iterator[str]:
    """Yield each stretch of the query once, with the fields that have it, the strongest first."""
    for (asked, found, step), group in groupby(
        matches, key=lambda match: (match.asked, match.found, match.step)
    ):
        what = speech.say("{} for {} by {}", found, asked, speech.read(step)) if step else asked
        yield f"{plain(what)}: {', '.join(match.field for match in group)}"


def _scores(clauses: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {score:.2f}" for name, score in sorted(clauses.items()))


def moved(one: "Adjustment", speech: Speech = _ENGLISH) -> str:
    """Return what a stage did to a product as a clause."""
    reason = plain(speech.read(one.reason))
    if one.after is None:
        return speech.say("taken out at place {}: {}", one.before, reason)
    stayed = one.before == one.after
    place = speech.say("place {}", one.before) if stayed else f"{one.before} → {one.after}"
    added = f", {signed(one.amount)}" if one.amount else ""
    return f"{place}{added}: {reason}"


def _understood(query: "Interpretation | None", speech: Speech) -> Iterator[Fact]:
    if query is None:
        return
    if query.text != query.typed:
        yield Fact(speech.say("read as"), plain(query.text))
    for finding in query.findings:
        yield Fact(speech.read(finding.step), _noticed(finding, speech))
    if query.asked != query.text:
        asked = plain(query.asked) or speech.say("nothing but the conditions")
        yield Fact(speech.say("searched for"), asked)


def _noticed(finding: "Finding", speech: Speech) -> str:
    kind = f" {speech.read(finding.kind)}" if finding.kind != finding.step else ""
    nothing = f", {speech.say('nothing changed')}"
    effect = f" → {speech.read(finding.effect)}" if finding.effect else nothing
    source = f" ({speech.read(finding.source)})" if finding.source else ""
    return plain(f"“{finding.text}”{kind}{effect}{source}")
