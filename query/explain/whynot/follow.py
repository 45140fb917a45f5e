"""One product, followed through a search to the place where it is lost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from mappings.catalogue import PRODUCT
from query import legs
from query.explain.card import moved
from query.explain.matches import Had, had, leg_of
from query.explain.whynot import probe
from query.explain.whynot.answer import Answer, Check, Comparison, compared
from query.explain.whynot.would import would
from query.filters import clauses
from query.gather import Gathered, gather
from query.legs import Json
from query.ranking import Ranking, Stage, wanted
from query.request import Filter, SearchRequest
from query.score import ranked
from query.systems.reader import Reader
from query.systems.view import View
from query.understand.interpretation import PriceRange

# Ranks a request as the searcher does; see `Searcher.rank`.
Rank = Callable[[SearchRequest], Ranking]


@dataclass
class Follow:
    """The way of one product. `answer` walks it once.

    Attributes:
        reader: the open index.
        rank: the ranking of a request.
        request: checked; one of a system that ranks its own candidates.
        id: of the product.
    """

    reader: Reader
    rank: Rank
    request: SearchRequest
    id: str
    place: int | None = None
    against: Comparison | None = field(default=None)

    @property
    def _hybrid(self) -> bool:
        return self.request.system == "hybrid"

    def answer(self) -> Answer:
        """Return what became of the product."""
        checks: list[Check] = []
        for check in self._way():
            checks.append(check)
            if check.passed is False:
                break
        lost = checks[-1].name if checks[-1].passed is False else None
        request = self.request
        return Answer(
            request.text, self.id, request.system, self.place, lost, tuple(checks), self.against
        )

    def _way(self) -> Iterator[Check]:
        yield from self._there()
        view = View.of(self.reader, self.request)
        stages = view.stages() if self._hybrid else ()
        asked = clauses(self.request.filters, self.reader.catalogue)
        gathered = gather(view, asked, stages, words=self.request.system != "vector")
        yield from self._allowed(gathered)
        yield self._worded(gathered)
        yield from self._found(gathered, wanted(stages, gathered.asked.query.asked))
        yield from self._placed(gathered, stages)

    def _there(self) -> Iterator[Check]:
        """Yield whether the product is stored, and can be seen."""
        document = self.reader.engine.stored(self.id, self.reader.catalogue.vectors)
        if document is None:
            yield Check("stored", False, "the index has no product of this id")
            return
        state = document["connector"]
        since = {name: state[name] for name in ("state", "indexed_at") if name in state}
        yield Check("stored", True, f"the index has it{_since(since)}", since)
        if state["deleted"]:
            waits = state.get("versions") and PRODUCT not in state["versions"]
            said = (
                f"only its {', '.join(state['versions'])} has arrived; it waits for the product"
                if waits
                else "it is deleted: a tombstone keeps its place"
            )
            yield Check("visible", False, said, {"versions": state.get("versions")})

    def _allowed(self, gathered: Gathered) -> Iterator[Check]:
        """Yield whether it meets what every hit must."""
        conditions = _conditions(self.reader, self.request.filters, "asked for")
        query = gathered.asked.query
        conditions |= _conditions(self.reader, query.filters, "understood")
        if query.price:
            conditions[f"{_priced(query.price)} (understood)"] = legs.priced(query.price)
        vectors = [{"exists": {"field": name}} for name in self.reader.catalogue.vectors]
        every = [*conditions.values(), *vectors]
        met = probe.meets(self.reader.engine, self.id, every, query.text)
        if met is None:
            yield Check("visible", False, "it was written just now; the next refresh shows it")
            return
        yield Check("visible", True, "searches can see it")
        for name, passed in zip(conditions, met, strict=False):
            yield Check("filter", passed, f"it {'meets' if passed else 'does not meet'} {name}")
        if not any(met[len(conditions) :]):
            yield Check("embedded", None, "it has no vector: only words can find it")

    def _worded(self, gathered: Gathered) -> Check:
        query = gathered.asked.query
        leg = leg_of(self.request.system, self.reader.catalogue)
        found = had(self.reader.engine, self.reader.catalogue, query, leg, [self.id])[self.id]
        return Check("words", None, _words(found), {"missing": list(found.missing)})

    def _found(self, gathered: Gathered, pinned: Sequence[str]) -> Iterator[Check]:
        """Yield what each leg makes of it, and whether it became a candidate."""
        reader, asked, found = self.reader, gathered.asked, gathered.found
        lexical = probe.by_words(reader, asked, self.id)
        vectors = [
            probe.by_vector(reader, asked, name, self.id) for name in reader.catalogue.vectors
        ]
        for one in (lexical, *vectors):
            yield _leg(one, "BM25" if one is lexical else "cosine")
        if self.id in found.ids:
            yield self._brought(found.ids, pinned)
            return
        first = probe.first_pass(reader, asked, vectors, self.id)
        numbers = {
            "score": first.score,
            "words": first.words,
            **first.vectors,
            "last": first.last,
            "depth": first.depth,
        }
        yield Check("candidates", False, f"{_cut(first)}{self._would(gathered)}", numbers)

    def _brought(self, ids: Sequence[str], pinned: Sequence[str]) -> Check:
        place = ids.index(self.id) + 1
        numbers = {"place": place, "of": len(ids)}
        if self.id in pinned:
            return Check("candidates", True, "a pin brings it, wherever it stands", numbers)
        return Check("candidates", True, f"number {place} of {len(ids)} by the first pass", numbers)

    def _would(self, gathered: Gathered) -> str:
        """Return what would have become of it, and remember the comparison."""
        if not self._hybrid:
            return ""
        ranking = would(self.reader, gathered, self.id)
        if ranking is None:
            return ""
        row = ranking.ids.index(self.id)
        self._compare(ranking, row)
        score = float(ranking.scores[row])
        return f"; as a candidate it would have {score:.3f}, place {row + 1}"

    def _placed(self, gathered: Gathered, stages: Sequence[Stage]) -> Iterator[Check]:
        """Yield its place after fusion, after each stage, and on the page."""
        ranking = self._fused(gathered)
        row = ranking.ids.index(self.id)
        self._compare(ranking, row)
        score, of = float(ranking.scores[row]), len(ranking.ids)
        numbers = {"score": score, "place": row + 1, "of": of}
        yield Check("score", None, f"{score:.3f}, place {row + 1} of {of}", numbers)
        for stage in stages:
            before = ranking
            ranking = stage(gathered.asked.query.asked, before)
            yield from self._staged(stage.name, before, ranking)
        row = ranking.ids.index(self.id)
        yield from self._enough(float(ranking.scores[row]))
        self.place = row + 1
        yield self._paged(self.place)

    def _fused(self, gathered: Gathered) -> Ranking:
        if self._hybrid:
            return ranked(gathered.found, gathered.values, gathered.weights)
        return self.rank(replace(self.request, min_score=None))

    def _staged(self, stage: str, before: Ranking, after: Ranking) -> Iterator[Check]:
        """Yield what a stage did to it, itself or by moving others past it."""
        done = [one for one in after.adjustments[len(before.adjustments) :] if one.id == self.id]
        for one in done:
            yield Check(stage, one.after is not None, moved(one), asdict(one))
        place, now = before.ids.index(self.id) + 1, after.ids.index(self.id) + 1
        if not done and now != place:
            numbers = {"before": place, "after": now}
            yield Check(stage, None, f"{place} → {now}: others were moved", numbers)

    def _enough(self, score: float) -> Iterator[Check]:
        least = self.request.min_score
        if least is not None:
            said = f"{score:.3f}, {least:g} is asked for"
            yield Check("min_score", score >= least, said, {"score": score, "min_score": least})

    def _paged(self, place: int) -> Check:
        first, last = self.request.from_ + 1, self.request.from_ + self.request.size
        there = first <= place <= last
        said = f"place {place} is {'on' if there else 'not on'} the page of {first} to {last}"
        return Check("page", there, said, {"place": place, "first": first, "last": last})

    def _compare(self, ranking: Ranking, row: int) -> None:
        """Compare with the last hit of the page, or with the first when it is on it."""
        last = min(self.request.from_ + self.request.size, len(ranking.ids)) - 1
        other = last if row > last else 0
        if other not in (row, -1):
            self.against = compared(ranking, row, other)


def _conditions(reader: Reader, filters: Sequence[Filter], whose: str) -> dict[str, Json]:
    """Return clauses by what they say; several values of one field are one condition."""
    groups: dict[tuple[str, str], list[Filter]] = {}
    for one in filters:
        groups.setdefault((one.field, one.comparison), []).append(one)
    return {
        f"{_said(group)} ({whose})": clauses(group, reader.catalogue)[0]
        for (_, comparison), several in groups.items()
        for group in ([several] if comparison == "=" else [[one] for one in several])
    }


def _said(group: Sequence[Filter]) -> str:
    return " or ".join(f"{one.field}{one.comparison}{one.value}" for one in group)


def _priced(price: PriceRange) -> str:
    low = f" from {price.low:g}" if price.low is not None else ""
    return f"{price.field}{low}" + (f" up to {price.high:g}" if price.high is not None else "")


def _since(state: Mapping[str, Any]) -> str:
    said = ", ".join(str(part) for part in state.values())
    return f" ({said})" if said else ""


def _words(found: Had) -> str:
    own = dict.fromkeys(match.asked for match in found.matches if not match.step)
    put = dict.fromkeys(f"{match.found} for {match.asked}" for match in found.matches if match.step)
    has = f"has {', '.join((*own, *put))}" if own or put else "has none of the words"
    return f"{has}; lacks {', '.join(found.missing)}" if found.missing else has


def _leg(one: probe.Standing, unit: str) -> Check:
    if one.score is None:
        return Check(one.name, None, "does not know it", {"score": None, "rank": None})
    said = f"{unit} {one.score:.3f}, number {one.rank:,} of all that meet the conditions"
    return Check(one.name, None, said, {"score": one.score, "rank": one.rank})


def _cut(first: probe.First) -> str:
    parts = ", ".join(f"{name} {score:.3f}" for name, score in first.vectors.items())
    if not first.score:
        return f"no leg brings it: no word, and not among the {first.depth} nearest by a vector"
    return (
        f"first pass {first.score:.3f} (words {first.words:.3f}, {parts}); the last of "
        f"{first.depth} candidates has {first.last:.3f}"
    )
