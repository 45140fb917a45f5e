"""The pages that simulated shoppers see: what an index answers to judged queries."""

from collections.abc import Mapping, Sequence
from typing import cast

from connector.settings import BehaviourSettings, Settings
from connector.telemetry import progress
from query.request import SearchRequest, System
from query.search import Searcher
from query.ubi.shown import Shown, shown_of


def pages_of(
    settings: Settings, alias: str, queries: Mapping[str, str], systems: Sequence[str]
) -> dict[str, list[Shown]]:
    """Return the first page of each query by each system, by query id; nothing is recorded.

    Args:
        settings: how to reach the cluster.
        alias: of the index.
        queries: text by id.
        systems: that answer.

    Raises:
        IndexMissingError, ClusterUnavailableError, …: see `query.search.Searcher`.
    """
    quiet = settings.model_copy(update={"behaviour": BehaviourSettings()})
    pages: dict[str, list[Shown]] = {}
    with (
        Searcher.open(alias, quiet) as searcher,
        progress("asking", len(queries), "queries") as bar,
    ):
        for done, (query_id, text) in enumerate(queries.items(), 1):
            requests = [SearchRequest(text, system=cast("System", name)) for name in systems]
            pages[query_id] = [shown_of(one, searcher.search(one), alias) for one in requests]
            bar.update(done)
    return pages
