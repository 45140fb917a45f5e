"""One searcher for one index: a request goes in, a ranking that explains itself comes out."""

from types import TracebackType
from typing import Self

from connector.settings import Settings
from query.request import SearchRequest
from query.response import SearchResponse


class Searcher:
    """Answers requests on one index. Use it as a context manager; one thread at a time."""

    @classmethod
    def open(cls, settings: Settings, alias: str) -> Self:
        """Read the catalogue and the model contract from the live index.

        Raises:
            IndexMissingError: there is no such index or alias.
            ClusterUnavailableError: OpenSearch cannot be reached.
        """
        raise NotImplementedError

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer one request.

        Raises:
            RequestError: the request is wrong.
            ModelMismatchError: the local model is not the one the index was built with.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close the connections."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
