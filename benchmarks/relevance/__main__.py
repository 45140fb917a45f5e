"""Print the table of every system on every loaded catalogue, with paired intervals.

Ends with exit code 3 where ours is worse than BM25 beyond noise, on all queries or on any slice.

Run: python -m benchmarks.relevance [--data ../shared/data] [--catalogues esci icecat] [--run DIR]
The indices `esci` and `icecat` must be loaded (docs/walkthrough.md); `connector.toml` or
CONNECTOR_ variables say where the cluster is.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.relevance.catalogue import Loaded
from benchmarks.relevance.heldout import measure as held_out
from benchmarks.relevance.table import Values, header, rows
from connector.settings import load
from query.evaluate import slices
from query.evaluate.evaluation import evaluate
from query.evaluate.runs import Run

DATA = Path(os.environ.get("CONNECTOR_DATA", "../shared/data"))
CATALOGUES = ("esci", "icecat")
AGAINST = ("bm25", "strong")


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA, help="folder of the catalogues")
    options.add_argument("--catalogues", nargs="+", default=list(CATALOGUES))
    options.add_argument("--run", type=Path, help="folder to keep every system's answers in")
    given = options.parse_args()
    settings = load()
    catalogues = [Loaded(name, given.data / name, settings) for name in given.catalogues]
    print(f"# {machine()}")
    print("# differences: paired bootstrap; p: paired randomisation, Holm")
    print("# hybrid: shipped weights, which have seen these queries; below: learned without them")
    print("\n".join(header(AGAINST)))
    learned = held_out(catalogues)
    worse = []
    for loaded in catalogues:
        runs = asked(loaded)
        if given.run:
            loaded.write(runs, given.run)
        values = {run.name: values_of(loaded, run) for run in runs}
        values["hybrid, 5-fold"] = learned[loaded.name].folds
        unseen = learned[loaded.name].unseen
        if unseen is not None:
            values["hybrid, other catalogues"] = unseen
        print("\n".join(rows(loaded.name, values, AGAINST)), flush=True)
        worse += [f"{loaded.name}: {loss}" for loss in losses(loaded, [runs[0], runs[-1]])]
    print(f"# worse than bm25 beyond noise: {'; '.join(worse) or 'on no slice'}")
    sys.exit(3 if worse else 0)


def asked(loaded: Loaded) -> list[Run]:
    """Ask a catalogue every system, BM25 first and ours last."""
    bm25, *others = loaded.ask("bm25", "strong", "rrf", "hybrid")
    return [bm25, loaded.native(), *others]


def values_of(loaded: Loaded, run: Run) -> Values:
    """Return each query's nDCG@10."""
    return loaded.scores(run).main(loaded.judged.queries)


def losses(loaded: Loaded, runs: Sequence[Run]) -> list[str]:
    """Return where the others are worse than the first beyond noise."""
    groups = slices.builtin(loaded.judged, loaded.folder / "queries.tsv", relevant_from=1)
    return evaluate(loaded.judged, runs, slices=groups).losses()


if __name__ == "__main__":
    main()
