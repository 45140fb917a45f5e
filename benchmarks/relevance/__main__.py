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
from benchmarks.relevance.heldout import measure as held_out
from benchmarks.relevance.table import Values, header, rows
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
    catalogues = [Loaded(name, given.data / name, settings) for name in given.catalogues]
    print(f"# {machine()}")
    print("# differences: paired bootstrap; p: paired randomisation, Holm")
    print("# hybrid: shipped weights, which have seen these queries; below: learned without them")
    print("\n".join(header(AGAINST)))
    learned = held_out(catalogues)
    for loaded in catalogues:
        values = asked(loaded, given.run)
        values["hybrid, 5-fold"] = learned[loaded.name].folds
        unseen = learned[loaded.name].unseen
        if unseen is not None:
            values["hybrid, other catalogues"] = unseen
        print("\n".join(rows(loaded.name, values, AGAINST)), flush=True)


def asked(loaded: Loaded, folder: Path | None) -> dict[str, Values]:
    """Ask a catalogue every system; return each query's nDCG@10 by system."""
    bm25, *others = loaded.ask("bm25", "strong", "rrf", "hybrid")
    runs = [bm25, loaded.native(), *others]
    if folder:
        loaded.write(runs, folder)
    per_query = {run.name: loaded.scores(run).per_query for run in runs}
    return {
        system: [found[query][MAIN] for query in loaded.judged.queries]
        for system, found in per_query.items()
    }


if __name__ == "__main__":
    main()
