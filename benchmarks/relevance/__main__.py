"""Print the table of every system on every loaded catalogue, with paired intervals.

Run: python -m benchmarks.relevance [--data ../shared/data] [--catalogues esci icecat] [--run DIR]
The indices `esci` and `icecat` must be loaded (docs/walkthrough.md); `connector.toml` or
CONNECTOR_ variables say where the cluster is.
"""

import argparse
import os
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.relevance.catalogue import Loaded
from benchmarks.relevance.table import header, rows
from connector.settings import load
from query.evaluate.metrics import MAIN

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
    print(f"# {machine()}")
    print("# differences: paired bootstrap; p: paired randomisation, Holm; then wins/losses")
    print("\n".join(header(AGAINST)))
    for name in given.catalogues:
        loaded = Loaded(name, given.data / name, settings)
        bm25, *others = loaded.ask("bm25", "strong", "rrf", "hybrid")
        runs = [bm25, loaded.native(), *others]
        if given.run:
            loaded.write(runs, given.run)
        per_query = {run.name: loaded.scores(run).per_query for run in runs}
        values = {
            system: [found[query][MAIN] for query in loaded.judged.queries]
            for system, found in per_query.items()
        }
        print("\n".join(rows(name, values, AGAINST)), flush=True)


if __name__ == "__main__":
    main()
