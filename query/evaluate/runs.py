"""A run: what one system answered to every query, and its TREC file."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connector import files
from connector.errors import JudgmentsError
from query.evaluate.tsv import numbered_lines

DEPTH = 100
Ranking = list[tuple[str, float]]
# Answers (text, depth) with product ids and scores, best first.
Ask = Callable[[str, int], Ranking]


@dataclass(frozen=True)
class Run:
    """One system's rankings.

    Attributes:
        name: the system, or where a stored run came from.
        rankings: product id and score by query id, best first; no product twice in a ranking.
    """

    name: str
    rankings: dict[str, Ranking]

    def first(self, query_id: str, count: int) -> list[str]:
        """Return the first products of a query, best first; none where nothing was found."""
        return [product_id for product_id, _ in self.rankings.get(query_id, ())[:count]]


def collect(
    systems: Mapping[str, Ask],
    queries: Mapping[str, str],
    done: Callable[[int, int, str], None],
    depth: int = DEPTH,
) -> list[Run]:
    """Ask every system every query.

    Args:
        systems: what answers, by the name of its run.
        queries: text by query id.
        done: hears, after each answer, how many there are, how many there will be, and the system.
        depth: products of each answer.
    """
    total, runs = len(systems) * len(queries), list[Run]()
    for system, ask in systems.items():
        before, rankings = len(runs) * len(queries), dict[str, Ranking]()
        for query_id, text in queries.items():
            rankings[query_id] = ask(text, depth)
            done(before + len(rankings), total, system)
        runs.append(Run(system, rankings))
    return runs


def write(run: Run, folder: Path) -> Path:
    """Write `{run.name}.run` into the folder, which is made when missing, and return the file.

    Scores are written in full precision, so that a file read back is the same run.

    Raises:
        JudgmentsError: when an id holds white space, which separates a TREC run's columns, or
            when the file cannot be written.
    """
    file = folder / f"{run.name}.run"
    lines = []
    for query_id, ranking in run.rankings.items():
        for rank, (product_id, score) in enumerate(ranking, 1):
            for name in (query_id, product_id):
                if len(name.split()) != 1:
                    raise JudgmentsError(f"{file}: a TREC run cannot hold the id {name!r}")
            lines.append(f"{query_id} Q0 {product_id} {rank} {score!r} {run.name}\n")
    files.write(file, "".join(lines), JudgmentsError)
    return file


def read_all(files: Sequence[Path], taken: Sequence[str] = ()) -> list[Run]:
    """Read stored runs, each named after its file, or after its path where that name is taken.

    Args:
        files: TREC runs.
        taken: names that other runs of the same evaluation have.

    Raises:
        JudgmentsError: as `read`, and when one file is given twice.
    """
    stems = [*taken, *(file.stem for file in files)]
    runs: dict[str, Run] = {}
    for file in files:
        name = file.stem if stems.count(file.stem) == 1 else str(file)
        if name in runs:
            raise JudgmentsError(f"{file}: given twice; compare a run with another one")
        runs[name] = read(file, name)
    return list(runs.values())


def require_common(runs: Sequence[Run], queries: Mapping[str, str]) -> None:
    """Refuse a run that answers none of the queries: it would lose to every other one.

    Args:
        runs: stored ones.
        queries: that are evaluated, text by id; at least one.

    Raises:
        JudgmentsError: with an id of each side.
    """
    for run in runs:
        if not run.rankings.keys() & queries.keys():
            raise JudgmentsError(
                f"run {run.name}: it answers none of the evaluated queries: "
                f"{next(iter(run.rankings))!r} there, {next(iter(queries))!r} here; "
                "do the files belong together?"
            )


def read(file: Path, name: str) -> Run:
    """Read a TREC run; the ranks give the order, and scores must agree with them.

    Raises:
        JudgmentsError: with file and line, for a line that is not `qid Q0 docid rank score tag`,
            a rank or product that stands twice, or a score that is higher further down.
    """
    lines = numbered_lines(file)
    if not lines:
        raise JudgmentsError(f"{file}: empty; expected lines `qid Q0 docid rank score tag`")
    ranked: dict[str, dict[int, tuple[str, float, int]]] = {}
    seen: set[tuple[str, str]] = set()
    for line, text in lines:
        query_id, product_id, rank, score = _row(file, line, text)
        ranks = ranked.setdefault(query_id, {})
        if rank in ranks or (query_id, product_id) in seen:
            twice = f"rank {rank}" if rank in ranks else f"product {product_id!r}"
            raise JudgmentsError(f"{file}:{line}: {twice} stands twice for query {query_id!r}")
        seen.add((query_id, product_id))
        ranks[rank] = (product_id, score, line)
    return Run(name, {query_id: _ranking(file, ranks) for query_id, ranks in ranked.items()})


def _row(file: Path, line: int, text: str) -> tuple[str, str, int, float]:
    try:
        query_id, _, product_id, rank, score, _ = text.split()
        row = query_id, product_id, int(rank), float(score)
    except ValueError:
        row = "", "", 0, math.nan
    if not math.isfinite(row[3]):
        raise JudgmentsError(
            f"{file}:{line}: {text[:80]!r} is not `qid Q0 docid rank score tag`, "
            "six columns with a whole rank and a finite score"
        )
    return row


def _ranking(file: Path, ranks: dict[int, tuple[str, float, int]]) -> Ranking:
    ranking: Ranking = []
    for rank in sorted(ranks):
        product_id, score, line = ranks[rank]
        if ranking and score > ranking[-1][1]:
            raise JudgmentsError(
                f"{file}:{line}: rank {rank} has the score {score}, more than the {ranking[-1][1]} "
                "before it; ranks and scores say two orders, so write the file again"
            )
        ranking.append((product_id, score))
    return ranking
