"""An experiment's figures for a terminal."""

from rich.console import Console
from rich.table import Table

from query.experiments.decide import Verdict
from query.experiments.experiment import CONTROL, TREATMENT, Experiment
from query.experiments.sequential import Between

_MEANING = {
    "zero": "share of pages without a hit",
    "latency": "logarithm of the milliseconds",
    "value": "purchases and a quarter of the carts",
}


def show(experiment: Experiment, verdict: Verdict, console: Console | None = None) -> None:
    """Print what is known, and what the stop rule makes of it."""
    console = console or Console()
    decided = experiment.decision or verdict.decision or "runs"
    console.print(f"{experiment.name} on {experiment.catalogue} ({experiment.kind}): {decided}")
    console.print(f"{verdict.reason}; shoppers whose first day is not over: {verdict.waiting:,}")
    if experiment.kind == "interleaved":
        console.print(f"votes: {verdict.votes[0]:,} treatment, {verdict.votes[1]:,} control")
        return
    table = Table("treatment less control", "mean", "low", "high", "of a shopper")
    table.add_row("clicked", *_cells(verdict.primary), "share of pages with a click")
    for name, between in verdict.guards.items():
        table.add_row(name, *_cells(between), _MEANING[name])
    console.print(table)
    shoppers = verdict.shoppers
    console.print(f"shoppers: {shoppers[TREATMENT]:,} treatment, {shoppers[CONTROL]:,} control")


def _cells(between: Between) -> tuple[str, str, str]:
    ends = (between.mean, between.low, between.high)
    mean, low, high = (f"{end:+.4f}" if abs(end) < float("inf") else "…" for end in ends)
    return mean, low, high
