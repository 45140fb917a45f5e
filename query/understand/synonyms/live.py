"""The one place where candidates meet a live index and its judgments."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from connector.settings import Settings
from query.evaluate import judgments
from query.evaluate.metrics import CUTOFF, MAIN, measure
from query.evaluate.runs import Run
from query.request import SearchRequest
from query.search import Searcher
from query.understand.synonyms.folder import files, read
from query.understand.synonyms.lift import Bench
from query.understand.synonyms.matcher import Matcher
from query.understand.synonyms.step import Synonyms


@contextmanager
def opened(
    settings: Settings, alias: str, folder: Path, queries: Path, qrels: Path
) -> Iterator[Bench]:
    """Open an index and yield what measures candidates on it.

    Args:
        settings: how to reach the cluster.
        alias: of the index.
        folder: of the rules that are in force.
        queries: see `query.evaluate.judgments`.
        qrels: likewise.

    Raises:
        SynonymsError, JudgmentsError: a file is wrong.
        IndexMissingError and others: see `Searcher.open`.
    """
    judged = judgments.read(queries, qrels)
    rules = tuple(rule for file in files(folder) for rule in read(file))

    def ndcg(name: str, ids: Sequence[str]) -> float:
        ranking = [(product, -float(place)) for place, product in enumerate(ids)]
        scores = measure(Run(name, {name: ranking}), {name: judged.grades[name]})
        return scores.per_query[name][MAIN]

    with Searcher.open(alias, settings) as searcher:

        def rank(text: str, matcher: Matcher) -> list[str]:
            asked = searcher.using(Synonyms(matcher))
            return [hit.id for hit in asked.search(SearchRequest(text, size=CUTOFF)).hits]

        yield Bench(judged.queries, rules, rank, ndcg)
