"""Plots of an evaluation as SVG to stand inside a page."""

from typing import Any

import numpy as np
from matplotlib import rc_context

from query.evaluate.compare import Interval
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import MAIN
from query.evaluate.report.drawing import (
    BAD,
    BASE,
    GOOD,
    INK,
    LINE,
    PLAIN,
    STYLE,
    figure_of,
    short,
    svg,
)
from query.evaluate.scores import Pairs
from query.evaluate.scores import calibration as bins_of

_SCORE_BINS = 24
_OF_VERDICT = {"better": GOOD, "worse": BAD, "unclear": PLAIN}


@rc_context(STYLE)
def means(evaluation: Evaluation) -> str:
    """Draw every system's mean nDCG@10 with its interval."""
    rows = [
        (measured.run.name, measured.interval, _colour(measured)) for measured in evaluation.systems
    ]
    return _intervals(rows, f"mean {MAIN}, 95 % interval", "{:.3f}", "means")


@rc_context(STYLE)
def differences(evaluation: Evaluation) -> str:
    """Draw every system's difference from the baseline with its interval."""
    rows = [
        (measured.run.name, measured.difference.interval, _colour(measured))
        for measured in evaluation.systems
        if measured.difference
    ]
    label = f"{MAIN} less that of {short(evaluation.baseline.run.name)}, 95 % interval"
    return _intervals(rows, label, "{:+.3f}", "differences", zero=True)


@rc_context(STYLE)
def per_query(values: list[float], name: str, key: str) -> str:
    """Draw one system's per-query differences from the baseline, best first.

    Args:
        values: one difference per query, -1..1.
        name: the system, for the label.
        key: prefix of the drawing's ids, unique in the page.
    """
    figure, axes = figure_of(2.5)
    ordered = sorted(values, reverse=True)
    colours = [GOOD if value > 0 else BAD for value in ordered]
    axes.bar(range(len(ordered)), ordered, width=0.9, color=colours)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xlim(-0.6, len(ordered) - 0.4)
    axes.set_xticks([])
    axes.set_xlabel(f"queries, from {short(name)}'s largest gain to its largest loss", fontsize=9)
    axes.set_ylabel(f"difference in {MAIN}", fontsize=9)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    return svg(figure, key)


@rc_context(STYLE)
def distribution(pairs: Pairs, key: str) -> str:
    """Draw how the scores of relevant and of irrelevant pairs are spread.

    Args:
        pairs: at least one.
        key: prefix of the drawing's ids, unique in the page.
    """
    figure, axes = figure_of(2.3)
    edges = np.histogram_bin_edges([*pairs.relevant, *pairs.irrelevant], _SCORE_BINS)
    drawn = ((pairs.irrelevant, BAD, "--", "irrelevant"), (pairs.relevant, GOOD, "-", "relevant"))
    for scores, colour, line, label in drawn:
        weights = np.full(len(scores), 1 / max(1, len(scores)))
        style: Any = {"color": colour, "weights": weights, "bins": edges}
        axes.hist(scores, alpha=0.25, **style)
        axes.hist(scores, histtype="step", linewidth=1.8, linestyle=line, label=label, **style)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    axes.set_xlabel("score", fontsize=9)
    axes.set_ylabel("share of its pairs", fontsize=9)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    return svg(figure, key)


@rc_context(STYLE)
def calibration(pairs: Pairs, key: str) -> str:
    """Draw the share of relevant pairs by score, with its interval.

    Args:
        pairs: at least one.
        key: prefix of the drawing's ids, unique in the page.
    """
    figure, axes = figure_of(2.3)
    found = bins_of(pairs)
    for one in found:
        axes.plot([one.score] * 2, [one.share.low, one.share.high], color=PLAIN, linewidth=2)
    line = [one.score for one in found], [one.share.mean for one in found]
    axes.plot(*line, "o-", color=PLAIN, markersize=5, linewidth=1)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("score", fontsize=9)
    axes.set_ylabel("share relevant", fontsize=9)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    return svg(figure, key)


def _intervals(
    rows: list[tuple[str, Interval, str]], label: str, form: str, key: str, *, zero: bool = False
) -> str:
    figure, axes = figure_of(0.62 + 0.42 * len(rows))
    for place, (_, found, colour) in enumerate(rows):
        axes.plot([found.low, found.high], [place, place], color=colour, linewidth=2.2)
        axes.plot([found.mean], [place], "o", color=colour, markersize=6.5)
        axes.annotate(
            form.format(found.mean),
            (found.mean, place),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            color=INK,
            fontsize=9,
        )
    if zero:
        axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
    axes.set_ylim(len(rows) - 0.5, -0.75)
    axes.margins(x=0.08)
    axes.set_yticks(range(len(rows)), [short(name) for name, _, _ in rows])
    axes.set_xlabel(label, fontsize=9)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    return svg(figure, key)


def _colour(measured: Measured) -> str:
    return _OF_VERDICT[measured.difference.verdict] if measured.difference else BASE
