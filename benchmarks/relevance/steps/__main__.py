"""Print where each step of understanding fires, and what it is worth where it should.

Run: python -m benchmarks.relevance.steps [STEP …] [--data ../shared/data] [--list]
The indices `esci`, `icecat` and `zh-shop` must be loaded; `connector.toml` or CONNECTOR_ variables
say where the cluster is. Where they name no synonyms, those in the folder beside this file serve.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.relevance.data import DATA
from benchmarks.relevance.steps.cases import HERE, PART, read
from benchmarks.relevance.steps.measure import Fired, Lift, fired, lift
from connector.settings import Settings, load
from query.search import Searcher

HEADER = (
    "| step | fired where it should | where it should not | precision "
    "| nDCG@10 of the former | over leaving it out [95 %], W/L | unwanted, with / without |\n"
    "|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(PART))
    options.add_argument("--data", type=Path, default=DATA, help="folder of the catalogues")
    options.add_argument("--list", action="store_true", help="list misread queries, too")
    given = options.parse_args()
    steps = given.steps or list(PART)
    for step in steps:
        if step not in PART:
            options.error(f"no step {step!r}; there are {', '.join(PART)}")
    print(f"# {machine()}\n{HEADER}")
    aliases = {case.alias for step in steps for case in read(step)}
    settings = _with_synonyms(load())
    with ExitStack() as stack:
        open_ = {one: stack.enter_context(Searcher.open(one, settings)) for one in sorted(aliases)}
        found = {}
        for step in steps:
            found[step] = fired(step, open_)
            print(row(step, found[step], lift(step, open_, given.data)), flush=True)
    if given.list:
        print("\n".join(line for step in steps for line in misread(step, found[step])))


def row(step: str, cases: Fired, worth: Lift) -> str:
    """Return one line of the table."""
    should, should_not = len(cases.right + cases.missed), len(cases.wrong + cases.left)
    precision = "" if cases.precision is None else f"{cases.precision:.2f}"
    over, unwanted = worth.difference, worth.unwanted
    between = over.interval
    return (
        f"| {step} | {len(cases.right)}/{should} | {len(cases.wrong)}/{should_not} | {precision} "
        f"| {worth.whole.mean:.3f} "
        f"| {between.mean:+.3f} [{between.low:+.3f}, {between.high:+.3f}], "
        f"{over.wins}/{over.losses} "
        f"| {f'{unwanted[0]} / {unwanted[1]}' if any(unwanted) else ''} |"
    )


def misread(step: str, cases: Fired) -> list[str]:
    """Return the queries that the step missed, and those it should have left alone."""
    return [
        f"{step}\t{what}\t{case.query_id}\t{case.catalogue}\t{case.query}\t{case.kind}"
        for what, some in (("missed", cases.missed), ("wrong", cases.wrong))
        for case in some
    ]


def _with_synonyms(settings: Settings) -> Settings:
    if settings.search.synonyms:
        return settings
    search = settings.search.model_copy(update={"synonyms": HERE / "synonyms"})
    return settings.model_copy(update={"search": search})


if __name__ == "__main__":
    main()
