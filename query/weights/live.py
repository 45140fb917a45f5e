"""The one place where training meets a live index."""

from dataclasses import replace
from pathlib import Path

from connector.cluster import connect
from connector.settings import Settings
from connector.telemetry import progress
from mappings.live import open_index
from query.evaluate import judgments, slices
from query.evaluate.judgments import Judgments
from query.ranking import Ranking
from query.request import SearchRequest
from query.search import Searcher
from query.weights.features import Features, collect
from query.weights.files import in_force


def ask(settings: Settings, alias: str, queries: Path, qrels: Path, start: Path | None) -> Features:
    """Ask an index every judged query, and keep what its evidence says of every candidate.

    Terms that the settings leave out are not in the features: their weights stay as they are.

    Args:
        settings: how to reach the cluster, and how it is searched.
        alias: of the index.
        queries: TSV.
        qrels: TSV of judgments.
        start: weights file whose first pass counts; the shipped one without.

    Raises:
        JudgmentsError: see `query.evaluate.judgments.read`.
        IndexMissingError, ClusterUnavailableError, …: see `query.search.Searcher`.
    """
    judged, model = judgments.read(queries, qrels), in_force(start)
    live = open_index(connect(settings.opensearch), alias)
    # The stages after fusion hide and move products; what is learned is the ranking before them.
    search = settings.search.model_copy(update={"weights": start, "rules": None})
    with Searcher.open(alias, settings.model_copy(update={"search": search})) as searcher:

        def rank(text: str) -> Ranking:
            return searcher.rank(SearchRequest(text))

        with progress("collecting", len(judged.queries), "queries") as bar:
            terms, found = collect(rank, judged.queries, judged.grades, model.weights, bar.update)
    groups = _slices(judged, queries)
    features = Features(
        catalogue=alias,
        encoder=live.model["fingerprint"],
        terms=terms,
        first_pass=model.first_pass,
        queries=tuple(replace(one, slices=groups[one.id]) for one in found),
        judgments=sum(map(len, judged.grades.values())),
    )
    return features.ordered([name for name in terms if name not in search.quarantined])


def _slices(judged: Judgments, queries: Path) -> dict[str, dict[str, str]]:
    """Return each query's value by dimension."""
    groups: dict[str, dict[str, str]] = {query_id: {} for query_id in judged.queries}
    for one in slices.builtin(judged, queries, relevant_from=1):
        for query_id in one.queries:
            groups[query_id][one.dimension] = one.value
    return groups
