"""What speaks against a rule that was accepted, given the rules that are there already."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from query.understand.synonyms.candidates import Candidate
from query.understand.synonyms.matcher import MOST
from query.understand.synonyms.rules import Rule
from query.understand.synonyms.units import key_of

Key = tuple[str, ...]
# What a term finds, and by which rule.
Edges = dict[Key, dict[Key, str]]


def objections(curated: Iterable[Rule], accepted: Sequence[Candidate]) -> dict[str, list[str]]:
    """Return why candidates must not become rules, by candidate id; empty when all is well.

    Args:
        curated: what people wrote.
        accepted: the candidates that are to stand beside it.
    """
    written = _edges(curated)
    edges = _edges([*curated, *(one.rule() for one in accepted)])
    told = {one.id: list(_of(one, written, edges)) for one in accepted}
    return {name: reasons for name, reasons in told.items() if reasons}


def _of(one: Candidate, written: Edges, edges: Edges) -> Iterator[str]:
    left, right = key_of(one.left), key_of(one.right)
    if _holds(left, right) or _holds(right, left):
        yield f"one of {one.left!r} and {one.right!r} holds the other, which finds it already"
        return
    yield from _contradictions(one, left, right, written)
    if not one.two_way and (path := _way(edges, right, left)):
        yield f"it closes a circle ({' => '.join(path)}): what means the same is a two-way rule"
    for key, text in ((left, one.left), (right, one.right)):
        if len(edges.get(key, ())) > MOST:
            yield f"{text!r} would stand for {len(edges[key])} terms; {MOST} are the most"


def _contradictions(one: Candidate, left: Key, right: Key, written: Edges) -> Iterator[str]:
    """A person who wrote a one-way rule meant that the other way is wrong."""
    there, back = written.get(left, {}).get(right), written.get(right, {}).get(left)
    if there:
        yield f"{there} says it already"
    elif back:
        yield f"{back} says only that {one.right!r} finds {one.left!r}"


def _edges(rules: Iterable[Rule]) -> Edges:
    edges: Edges = {}
    for rule in rules:
        for text, term in rule.pairs():
            edges.setdefault(key_of(text), {}).setdefault(key_of(term.text), rule.source)
    return edges


def _way(edges: Mapping[Key, Mapping[Key, str]], start: Key, goal: Key) -> list[str]:
    """Return the terms on a way from one to another, or nothing: breadth first."""
    ways, seen = [[start]], {start}
    for way in ways:
        for following in edges.get(way[-1], ()):
            if following == goal:
                return [" ".join(key) for key in (*way, goal)]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _holds(one: Key, other: Key) -> bool:
    return any(one[at : at + len(other)] == other for at in range(len(one) - len(other) + 1))
