"""The evaluation as a table on the terminal; without lines and colours elsewhere."""

import sys

from query.evaluate.compare import Difference
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import MAIN, MEASURES

# Wide enough that nothing wraps in a pipe or a log.
_PIPE_WIDTH = 160
# From this width on the columns stand apart; below, the table still fits 80 characters.
_ROOMY = 96


def show(evaluation: Evaluation) -> None:
    """Print one row per system, the baseline first."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else _PIPE_WIDTH)
    roomy = console.width >= _ROOMY
    table = Table(
        box=box.SIMPLE_HEAD if terminal else None, pad_edge=False, padding=(0, int(roomy))
    )
    table.add_column("system", overflow="fold")
    against = f"Δ {MAIN} [95 %]"
    for name in (*MEASURES, "unjudged", against, "W/L/T"):
        table.add_column(name, justify="right", no_wrap=True)
    for measured in evaluation.systems:
        table.add_row(Text(measured.run.name), *_cells(measured))
    console.print(table)
    console.print(
        f"{len(evaluation.judgments.queries)} queries; Δ, wins, losses, ties against {evaluation.baseline.run.name}",
        markup=False,
        highlight=False,
    )


def _cells(measured: Measured) -> list[str]:
    difference, unjudged = measured.difference, measured.scores.unjudged
    return [
        *(f"{measured.scores.mean[name]:.3f}" for name in MEASURES),
        "-" if unjudged is None else f"{unjudged:.0%}",
        _difference(difference) if difference else "baseline",
        f"{difference.wins}/{difference.losses}/{difference.ties}" if difference else "",
    ]


def _difference(difference: Difference) -> str:
    colour = {"better": "green", "worse": "red", "unclear": "default"}[difference.verdict]
    found = difference.interval
    return f"[{colour}]{found.mean:+.3f}[/] \\[{found.low:+.3f}, {found.high:+.3f}]"
