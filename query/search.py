"""One searcher for one index: a request goes in, a ranking that explains itself comes out."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self, TypeVar, Unpack

from opensearchpy import OpenSearch

from connector.cluster import connect
from connector.errors import ClusterRefusedError, IndexMovedError, RequestError, SettingsError
from connector.settings import Settings, load
from mappings.catalogue import Catalogue
from mappings.live import LiveIndex, open_index
from query.after.stages import AfterFusion
from query.api import Options, request_of
from query.corpus import Corpus
from query.encode import QueryEncoder
from query.engine import Engine
from query.experiments.audience import Audience
from query.experiments.experiment import Variant
from query.experiments.live import Trials
from query.explain.matches import explained, had, leg_of
from query.explain.whynot.answer import Answer
from query.explain.whynot.follow import Follow
from query.filters import clauses
from query.prepare import Prepared
from query.ranking import Ranking
from query.request import OWN, SearchRequest, checked, is_unicode
from query.response import Hit, SearchResponse
from query.systems import ANSWERS
from query.systems.reader import Found, Reader
from query.ubi.recorder import Recorder
from query.understand.entities.kinds import entity_fields
from query.understand.interpretation import Interpretation, Step
from query.understand.store import lexicon_of
from query.understand.understanding import Asks, Understanding
from query.weights.files import in_force

Answered = TypeVar("Answered")

# So often in a row an alias may move under one search.
_MOVES = 2


class Searcher:
    """Answers requests on one index. Use it as a context manager; threads may share it."""

    def __init__(
        self,
        reader: Reader,
        audience: Audience | None = None,
        reopen: Callable[[], Reader] | None = None,
    ) -> None:
        self._reader, self._audience, self._reopen = reader, audience, reopen
        self._opening = threading.Lock()

    @classmethod
    def open(cls, alias: str, settings: Settings | None = None) -> Self:
        """Read the catalogue and the model contract from the live index behind an alias.

        The model itself is loaded, and compared with the contract, by the first search that needs
        a vector: `bm25` never does.

        Args:
            alias: the catalogue's name, e.g. `products`.
            settings: read as the command line does, from `connector.toml` and the environment,
                when left out.

        Raises:
            SettingsError: the settings are read here and wrong, search.quarantined names no part or
                search.hard_entities no field with entities, or behaviour.key can be guessed.
            RulesError, WeightsError: the file that search.rules or search.weights names is wrong.
            IndexMissingError, RefusedError, MappingMismatchError: see `mappings.live.open_index`.
            ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
        """
        settings = settings or load()
        client = connect(settings.opensearch)

        def reopen() -> Reader:
            live = open_index(client, alias)
            return _reader(client, live, alias, settings, live.physical)

        return cls(reopen(), _audience(client, alias, settings), reopen)

    @classmethod
    def over(cls, client: OpenSearch, live: LiveIndex, name: str, settings: Settings) -> Self:
        """Open an index that is known already, under its alias or, before it has one, its own name.

        Args:
            client: closed with the searcher.
            live: the index.
            name: that searches are sent to.
            settings: as `open`.

        Raises:
            SettingsError, RulesError, WeightsError: as `open`.
        """
        return cls(_reader(client, live, name, settings), _audience(client, name, settings))

    @property
    def reader(self) -> Reader:
        """What the systems work with."""
        return self._reader

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue the index was built from."""
        return self._reader.catalogue

    @property
    def parts(self) -> tuple[str, ...]:
        """What `SearchRequest.without` can name: steps, terms of the score, stages."""
        return self._reader.parts

    def search(self, query: str | SearchRequest, **options: Unpack[Options]) -> SearchResponse:
        """Answer one request.

        Args:
            query: what the user typed, or a request made before.
            **options: of the request, see `query.request.SearchRequest`; filters may be given by
                field: `{"brand": ["Acme", "Birch"], "price": (None, 100)}`.

        Raises:
            RequestError: the request is wrong.
            ModelMismatchError: the model here is not the one the index was built with.
            EncoderError: the model cannot be found or loaded.
            ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
        """
        request = request_of(query, options)
        if self._audience and request.asker:
            return self._audience.answer(request, self._answer)
        return self._answer(request, Variant())

    def _answer(self, asked: SearchRequest, variant: Variant) -> SearchResponse:
        return self._followed(lambda reader: _search(_weighing(reader, variant), asked))

    def _followed(self, call: Callable[[Reader], Answered]) -> Answered:
        """Make a call, and again on the index that the alias leads to by now where it has moved.

        Between two indices the model may differ, so nothing of the first try is kept.
        """
        for _ in range(_MOVES):
            before = self._reader
            try:
                return call(before)
            except (IndexMovedError, ClusterRefusedError):
                if self._reopen is None or not before.engine.moved:
                    raise
            with self._opening:
                if self._reader is before:
                    self._reader = self._reopen()
        return call(self._reader)

    @property
    def recorder(self) -> Recorder | None:
        """What records behaviour; None where the settings have no `behaviour.key`."""
        return self._audience.recorder if self._audience else None

    def rank(self, request: SearchRequest) -> Ranking:
        """Return all candidates of a request as the hits' evidence shows them, best first.

        Raises:
            RequestError: also when the system has no candidates of its own.
            ModelMismatchError, EncoderError, ClusterUnavailableError, ClusterRefusedError: as
                `search`.
        """
        return self._followed(lambda reader: _rank(reader, request))

    def why_not(self, id_: str, query: str | SearchRequest, **options: Unpack[Options]) -> Answer:
        """Return where a product is lost in a search, or at which place it comes, and why.

        Args:
            id_: of the product.
            query: as `search`.
            **options: likewise; of a system that ranks candidates of its own.

        Raises:
            RequestError: also when the id is empty or no text, or the system leaves the ranking to the engine.
            ModelMismatchError, EncoderError, ClusterUnavailableError, ClusterRefusedError: as
                `search`.
        """
        request, _ = checked(replace(request_of(query, options), facets=(), cursor=None))
        id_ = _id_of(id_)
        _require_own(request)
        return self._followed(lambda reader: _why_not(reader, id_, request))

    def using(self, step: Step) -> Self:
        """Return a searcher on the same connections with this step in place of the one of its name.

        Where no step has that name, it comes last. Closing either closes both.
        """
        before = self._reader.steps

        def steps() -> Sequence[Step]:
            names = [one.name for one in before()]
            place = names.index(step.name) if step.name in names else len(names)
            return (*before()[:place], step, *before()[place + 1 :])

        return type(self)(replace(self._reader, steps=steps), self._audience)

    def warm(self, text: str) -> None:
        """Load what is loaded once, the model before all, and remember a text's vector.

        Raises:
            ModelMismatchError, EncoderError: as `search`.
        """
        reader = self._reader
        _prepare(reader, SearchRequest(text))
        reader.encoder.vector(text)

    def close(self) -> None:
        """Close the connections; what was recorded is written first."""
        if self.recorder:
            self.recorder.close()
        self._reader.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _search(reader: Reader, asked: SearchRequest) -> SearchResponse:
    request, notes = checked(asked)
    conditions = clauses(request.filters, reader.catalogue)
    reader.require_parts(request.without)
    _prepare(reader, request)
    begin = time.perf_counter()
    found = ANSWERS[request.system](reader, request, conditions)
    took_ms = (time.perf_counter() - begin) * 1000
    return SearchResponse(
        hits=_explained(reader, request, found) if request.explain else found.hits,
        total=found.total,
        relation=found.relation,
        took_ms=took_ms,
        system=request.system,
        notes=(*notes, *found.notes),
        interpretation=found.interpretation,
        facets=found.facets,
        cursor=found.cursor,
        weights=reader.weights_version if request.system == "hybrid" else None,
    )


def _weighing(reader: Reader, variant: Variant) -> Reader:
    """Return the reader with an experiment's weights in place of those in force."""
    model = variant.weights
    if model is None:
        return reader
    return replace(reader, weights=model.weights, first_pass=model.first_pass)


def _rank(reader: Reader, asked: SearchRequest) -> Ranking:
    request, _ = checked(replace(asked, size=0))
    _require_own(request)
    reader.require_parts(request.without)
    conditions = clauses(request.filters, reader.catalogue)
    _prepare(reader, request)
    ranking = ANSWERS[request.system](reader, request, conditions).ranking
    assert ranking is not None  # noqa: S101 - a system of ours
    return ranking


def _why_not(reader: Reader, id_: str, request: SearchRequest) -> Answer:
    reader.require_parts(request.without)
    _prepare(reader, request)
    return Follow(reader, partial(_rank, reader), request, id_).answer()


def _explained(reader: Reader, request: SearchRequest, found: Found) -> tuple[Hit, ...]:
    query = found.interpretation or Interpretation.of(request.text)
    leg = leg_of(request.system, reader.catalogue)
    ids = [hit.id for hit in found.hits]
    return explained(found.hits, had(reader.engine, reader.catalogue, query, leg, ids))


def _prepare(reader: Reader, request: SearchRequest) -> None:
    """Load what is loaded once, so that it is not part of a search's time."""
    if request.system != "bm25":
        reader.encoder.load()
        reader.corpus.mean()
        reader.steps()
    if reader.after and request.system == "hybrid":
        reader.after.load()


def _audience(client: OpenSearch, name: str, settings: Settings) -> Audience | None:
    recorder = Recorder.of(settings)
    return Audience(recorder, Trials.of(client, name), name) if recorder else None


def _id_of(given: object) -> str:
    """Return a product's id as it is stored; white space around it is no part of it."""
    if not isinstance(given, str):
        raise RequestError(f"the id is {given!r}; expected a text, as the hits have it")
    if not given.strip():
        raise RequestError("the id is empty; give that of a product")
    if not is_unicode(given):
        raise RequestError(f"the id {given!r} is not valid Unicode; give that of a product")
    return given.strip()


def _require_own(request: SearchRequest) -> None:
    if request.system not in OWN:
        raise RequestError(
            f"system {request.system!r} leaves the ranking to the engine; "
            f"candidates of their own have {', '.join(OWN)}"
        )


def _require_entities(catalogue: Catalogue, names: Sequence[str]) -> None:
    """Refuse names in search.hard_entities whose values no query is read for."""
    known = entity_fields(catalogue)
    for name in names:
        if name not in known:
            raise SettingsError(
                f"search.hard_entities: {name!r} is no field of {catalogue.name!r} whose values "
                f"queries name; there are {', '.join(known) or 'none'}"
            )


def _reader(
    client: OpenSearch, live: LiveIndex, name: str, settings: Settings, physical: str | None = None
) -> Reader:
    """Open an index; `physical` is what every hit has to be of, where `name` is an alias."""
    engine = Engine(client, name, settings.opensearch.url, physical)
    catalogue = live.catalogue
    understanding = Understanding(
        catalogue,
        settings.search,
        lambda: lexicon_of(engine, live, settings.search),
        Asks(engine.has, partial(engine.cheap, catalogue.title)),
    )
    encoder, corpus = QueryEncoder(live, settings.encoder), Corpus(engine, live.model["dimension"])
    rules, weights = settings.search.rules, in_force(settings.search.weights)
    reader = Reader(
        engine=engine,
        catalogue=catalogue,
        corpus=corpus,
        encoder=encoder,
        settings=settings.search,
        steps=understanding.steps,
        prepared=Prepared(catalogue, corpus, encoder),
        after=AfterFusion(rules, catalogue, encoder.load, settings.encoder) if rules else None,
        weights=weights.weights,
        first_pass=weights.first_pass,
    )
    reader.require_quarantined()
    _require_entities(catalogue, settings.search.hard_entities)
    return reader
