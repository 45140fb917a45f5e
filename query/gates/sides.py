"""Both indices, open for the very searches that clients make."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from connector.cluster import connect
from mappings.gate import Crossing
from mappings.live import LiveIndex
from query.evaluate.runs import Ranking
from query.request import SearchRequest
from query.search import Searcher

SIZE = 10


@contextmanager
def sides(crossing: Crossing) -> Iterator[tuple[Searcher, Searcher]]:
    """Open the old index and the new one, each by its own name and with its own model.

    Raises:
        ModelMismatchError, EncoderError: a model is not here.
    """
    with ExitStack() as stack:
        yield (
            stack.enter_context(_open(crossing, crossing.old)),
            stack.enter_context(_open(crossing, crossing.new)),
        )


def first_page(searcher: Searcher, text: str, depth: int = SIZE) -> Ranking:
    """Return the first hits of a query, ids and scores, best first."""
    request = SearchRequest(text, size=depth)
    return [(hit.id, hit.score) for hit in searcher.search(request).hits]


def _open(crossing: Crossing, live: LiveIndex) -> Searcher:
    encoder = crossing.encoder_of(live)
    client = connect(crossing.settings.opensearch)
    searcher = Searcher.over(client, live, live.physical, crossing.settings)
    searcher.reader.encoder.lend(encoder)
    return searcher
