"""What a system works with, and what it hands back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from connector.errors import RequestError, SettingsError
from connector.settings import SearchSettings
from mappings.catalogue import Catalogue
from query.after.build import STAGES
from query.after.stages import AfterFusion
from query.corpus import Corpus
from query.encode import QueryEncoder
from query.engine import Engine
from query.facets.facet import Facet
from query.prepare import Prepared
from query.ranking import Ranking
from query.request import SearchRequest
from query.response import Hit
from query.score import TERMS
from query.understand.interpretation import Interpretation, Step
from query.understand.understanding import STEPS
from query.weights.model import version_of

Json = dict[str, Any]

# Every part that a search may have.
_PARTS = (*STEPS, *TERMS, *STAGES)


@dataclass(frozen=True)
class Reader:
    """An open index: the engine, and what is known about it.

    Attributes:
        engine: asks the index.
        catalogue: the index was built from.
        corpus: its statistics.
        encoder: of queries.
        settings: what a search does when the request does not say.
        steps: of understanding, in order; asked for each search, for they may be reloaded.
        prepared: texts, remembered with what the steps made of them.
        after: makes the stages after fusion; None without rules.
        weights: of the terms.
        first_pass: of the terms of the score that neighbours and feedback are computed from.
    """

    engine: Engine
    catalogue: Catalogue
    corpus: Corpus
    encoder: QueryEncoder
    settings: SearchSettings
    steps: Callable[[], Sequence[Step]]
    prepared: Prepared
    after: AfterFusion | None
    weights: Mapping[str, float]
    first_pass: Mapping[str, float]

    @cached_property
    def weights_version(self) -> str:
        """Return what tells these weights from others."""
        return version_of(self.weights, self.first_pass)

    @property
    def shown(self) -> Json:
        """Return the `_source` filter of a page: no vectors, no bookkeeping."""
        return {"excludes": [*self.catalogue.vectors, "connector"]}

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what a request can leave out: steps, terms that weigh something, stages."""
        terms = (name for name, weight in self.weights.items() if weight)
        return (*(one.name for one in self.steps()), *terms, *self.stage_names)

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Return the names of the stages after fusion, in order."""
        stages = self.after.stages(lambda ids, _: [{} for _ in ids]) if self.after else ()
        return tuple(stage.name for stage in stages)

    def require_parts(self, names: Sequence[str]) -> None:
        """Refuse a request to leave out what no search has.

        Args:
            names: of steps, terms or stages; those that only another setting brings are fine.

        Raises:
            RequestError: names the parts there are.
        """
        if fault := _unknown(names):
            raise RequestError(fault)

    def require_quarantined(self) -> None:
        """Refuse settings that leave out what no search has, as `require_parts`.

        Raises:
            SettingsError: names the parts there are.
        """
        if fault := _unknown(self.settings.quarantined):
            raise SettingsError(f"search.quarantined: {fault}")

    def left_out(self, request: SearchRequest) -> frozenset[str]:
        """Return what is left out of one search: by the request, or quarantined by the settings."""
        return frozenset((*request.without, *self.settings.quarantined))


def _unknown(names: Sequence[str]) -> str:
    """Return what is wrong with names of parts; empty when nothing is."""
    unknown = next((name for name in names if name not in _PARTS), None)
    return f"no part {unknown!r} to leave out; there are {', '.join(_PARTS)}" if unknown else ""


@dataclass(frozen=True)
class Found:
    """A page of hits and how many there are; see `query.response.SearchResponse`."""

    hits: tuple[Hit, ...]
    total: int
    relation: Literal["eq", "gte"]
    interpretation: Interpretation | None = None
    ranking: Ranking | None = None
    notes: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    cursor: str | None = None


# A checked request and its filter clauses become a page.
Answer = Callable[[Reader, SearchRequest, Sequence[Json]], Found]
