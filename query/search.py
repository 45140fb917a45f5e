"""One searcher for one index: a request goes in, a ranking that explains itself comes out."""

import time
from types import TracebackType
from typing import Self

from connector.cluster import connect
from connector.settings import Settings
from mappings.catalogue import Catalogue
from mappings.live import open_index
from query.corpus import Corpus
from query.encode import QueryEncoder
from query.engine import Engine
from query.filters import clauses
from query.request import SearchRequest, System, checked
from query.response import SearchResponse
from query.systems import blended, bm25, native
from query.systems.reader import Answer, Reader

_ANSWERS: dict[System, Answer] = {
    "bm25": bm25.answer,
    "vector": blended.vector,
    "native": native.answer,
    "hybrid": blended.hybrid,
}


class Searcher:
    """Answers requests on one index. Use it as a context manager, from one thread."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @classmethod
    def open(cls, settings: Settings, alias: str) -> Self:
        """Read the catalogue and the model contract from the live index behind `alias`.

        The model itself is loaded, and compared with the contract, by the first search that needs
        a vector: `bm25` never does.

        Raises:
            IndexMissingError, RefusedError, MappingMismatchError: see `mappings.live.open_index`.
            ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
        """
        client = connect(settings.opensearch)
        live = open_index(client, alias)
        engine = Engine(client, alias, settings.opensearch.url)
        catalogue = live.catalogue
        corpus = Corpus(engine, tuple(catalogue.vectors))
        encoder = QueryEncoder(live, settings.encoder)
        return cls(Reader(engine, catalogue, corpus, encoder, settings.search))

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue the index was built from."""
        return self._reader.catalogue

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer one request.

        Raises:
            RequestError: the request is wrong.
            ModelMismatchError: the model here is not the one the index was built with.
            EncoderError: the model cannot be found or loaded.
            ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
        """
        request, notes = checked(request)
        conditions = clauses(request.filters, self._reader.catalogue)
        if request.system != "bm25":
            self._reader.encoder.load()
            self._reader.corpus.load()
        begin = time.perf_counter()
        found = _ANSWERS[request.system](self._reader, request, conditions)
        took_ms = (time.perf_counter() - begin) * 1000
        return SearchResponse(
            found.hits, found.total, found.relation, took_ms, request.system, notes
        )

    def warm(self, text: str) -> None:
        """Compute and remember a text's vector; the first one loads the model.

        Raises:
            ModelMismatchError, EncoderError: as `search`.
        """
        self._reader.encoder.vector(text)

    def close(self) -> None:
        """Close the connections."""
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
