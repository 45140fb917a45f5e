"""The evaluation as tables on the terminal; without lines and colours elsewhere."""

import sys
from typing import TYPE_CHECKING

from query.evaluate.ablation import Ablation
from query.evaluate.compare import Difference
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import MAIN, MEASURES
from query.evaluate.sliced import SMALL, Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

# Wide enough that nothing wraps in a pipe or a log.
_PIPE_WIDTH = 200
# From this width on the columns stand apart, and there are all of them; below, 80 characters do.
_ROOMY = 120
_FOR_LITTLE_ROOM = (MAIN, "MRR", "R@100")
# Smaller ones are not told apart.
_LEAST_P = 0.001
_COLOURS = {"better": "green", "worse": "red", "unclear": "default"}
_OF_PART = {"helps": "green", "loses": "red", "unclear": "default", "no change": "default"}


def show(evaluation: Evaluation) -> None:
    """Print one row per system, the baseline first; then slices and ablation, where asked for."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    _systems(console, evaluation)
    if evaluation.slices:
        _slices(console, evaluation)
    if evaluation.ablation:
        _ablation(console, evaluation.ablation)


def _systems(console: "Console", evaluation: Evaluation) -> None:
    from rich.text import Text

    measures = MEASURES if _roomy(console) else _FOR_LITTLE_ROOM
    table = _table(console, ["system"], [*measures, "unjudged", f"Δ {MAIN} [95 %]", "p", "W/L/T"])
    for measured in evaluation.systems:
        table.add_row(Text(measured.run.name), *_cells(measured, measures))
    console.print(table)
    base = evaluation.baseline.run.name
    _say(
        console,
        f"{len(evaluation.judgments.queries)} queries; Δ, p (Holm), wins, losses, ties against {base}",
    )


def _cells(measured: Measured, measures: "Sequence[str]") -> list[str]:
    difference, unjudged = measured.difference, measured.scores.unjudged
    return [
        *(f"{measured.scores.mean[name]:.3f}" for name in measures),
        "-" if unjudged is None else f"{unjudged:.0%}",
        _difference(difference, _COLOURS[difference.verdict]) if difference else "baseline",
        _p(difference) if difference else "",
        _record(difference) if difference else "",
    ]


def _slices(console: "Console", evaluation: Evaluation) -> None:
    from rich.text import Text

    names = [measured.run.name for measured in evaluation.systems]
    table = _table(console, ["slice", "system"], ["queries", MAIN, f"Δ {MAIN} [95 %]", "p"])
    for row in evaluation.slices:
        said = [f"{row.slice.dimension}: {row.slice.value}", str(len(row.slice.queries))]
        said[1] += " few" if row.small else ""
        for name, cell in zip(names, row.cells, strict=True):
            table.add_row(Text(said[0]), Text(name), said[1], *_cell(cell))
            said = ["", ""]
    console.print()
    console.print(table)
    _say(console, f"Δ against {names[0]}; p (Holm) of the whole table; few: below {SMALL} queries")


def _cell(cell: Cell) -> list[str]:
    difference = cell.difference
    return [
        f"{cell.interval.mean:.3f}",
        _difference(difference, _COLOURS[difference.verdict]) if difference else "baseline",
        _p(difference) if difference else "",
    ]


def _ablation(console: "Console", ablation: Ablation) -> None:
    from rich.text import Text

    table = _table(
        console, ["without", "verdict"], [MAIN, f"Δ {MAIN} [95 %]", "p", "W/L", "changed"]
    )
    for part in ablation.parts:
        colour, difference = _OF_PART[part.verdict], part.difference
        table.add_row(
            Text(part.name),
            f"[{colour}]{part.verdict}[/]",
            f"{part.mean:.3f}",
            _difference(difference, colour),
            _p(difference),
            f"{difference.wins}/{difference.losses}",
            f"{part.changed}/{ablation.queries}",
        )
    console.print()
    console.print(table)
    _say(console, f"{ablation.system} without each part, against all of it ({ablation.mean:.3f})")
    if ablation.quarantined:
        _say(console, f"left out already: {', '.join(ablation.quarantined)}")
    if ablation.remedy:
        _say(console, f"losing beyond noise; leave out by: {ablation.remedy}")


def _table(console: "Console", left: list[str], right: list[str]) -> "Table":
    from rich import box
    from rich.table import Table

    lined = box.SIMPLE_HEAD if sys.stdout.isatty() else None
    table = Table(box=lined, pad_edge=False, padding=(0, int(_roomy(console))))
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _roomy(console: "Console") -> bool:
    return console.width >= _ROOMY


def _say(console: "Console", text: str) -> None:
    console.print(text, markup=False, highlight=False)


def _difference(difference: Difference, colour: str) -> str:
    found = difference.interval
    return f"[{colour}]{found.mean:+.3f}[/] \\[{found.low:+.3f}, {found.high:+.3f}]"


def _p(difference: Difference) -> str:
    return "<.001" if difference.corrected < _LEAST_P else f"{difference.corrected:.3f}"


def _record(difference: Difference) -> str:
    return f"{difference.wins}/{difference.losses}/{difference.ties}"
