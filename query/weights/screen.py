"""What training found, on one screen."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from query.evaluate.sliced import SMALL
from query.weights.gate import NEUTRAL, Group
from query.weights.model import Model
from query.weights.report import MEASURE
from query.weights.training import Trained

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# Wide enough that nothing wraps in a pipe or a log.
_PIPE_WIDTH = 200
_COLUMNS = {
    "hand": "by hand",
    "start": "start",
    "in_force": "in force",
    "held_out": "learned",
    "unseen": "unseen",
}


def show(trained: Trained, in_force: Model) -> None:
    """Print what the weights are worth, what they became, and whether they may be installed."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    training = trained.model.trained
    if training is None:
        return
    _worth(console, training.report, trained.verdict.overall)
    _weights(console, training.start, in_force.weights, trained.model.weights)
    _verdict(console, trained)


def _worth(console: "Console", report: Mapping[str, Any], overall: Group) -> None:
    catalogues = report["catalogues"]
    there = [name for name in _COLUMNS if name in next(iter(catalogues.values()))]
    table = _table("catalogue", *(_COLUMNS[name] for name in there))
    for catalogue, values in catalogues.items():
        table.add_row(catalogue, *(f"{values[name]:.3f}" for name in there))
    console.print(table)
    unseen = "; unseen: by those of the other catalogues" if "unseen" in there else ""
    _say(console, f"{MEASURE}; learned: each query by weights of other folds{unseen}")
    found = overall.difference
    _say(
        console,
        f"learned - in force: {found.interval.mean:+.3f} "
        f"[{found.interval.low:+.3f}, {found.interval.high:+.3f}], "
        f"better on {found.wins}, worse on {found.losses} of {overall.queries} queries\n",
    )


def _weights(
    console: "Console",
    start: Mapping[str, float],
    in_force: Mapping[str, float],
    learned: Mapping[str, float],
) -> None:
    table = _table("term", "start", "in force", "learned")
    for name, weight in learned.items():
        table.add_row(name, *(f"{x:+.3f}" for x in (start[name], in_force.get(name, 0.0), weight)))
    console.print(table)


def _verdict(console: "Console", trained: Trained) -> None:
    told = [one for one in trained.verdict.slices if one.queries >= SMALL]
    few = len(trained.verdict.slices) - len(told)
    _say(
        console,
        f"\n{len(told)} slices compared, {few} with fewer than {SMALL} queries left aside",
    )
    reasons = trained.verdict.reasons
    if not reasons:
        _say(console, f"neutral or better: overall above -{NEUTRAL} (95 %), no slice loses")
    for reason in reasons:
        _say(console, f"not neutral: {reason}")


def _table(left: str, *right: str) -> "Table":
    from rich import box
    from rich.table import Table

    lined = box.SIMPLE_HEAD if sys.stdout.isatty() else None
    table = Table(box=lined, pad_edge=False)
    table.add_column(left)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _say(console: "Console", text: str) -> None:
    console.print(text, markup=False, highlight=False)
