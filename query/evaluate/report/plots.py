"""Plots of an evaluation as SVG to stand inside a page, in the page's own colours."""

import io
import re
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from query.evaluate.compare import Interval
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import MAIN
from query.evaluate.scores import Pairs
from query.evaluate.scores import calibration as bins_of

# Placeholders that become the page's CSS variables, so that one SVG serves light and dark.
_INK, _LINE, _BASE, _GOOD, _BAD, _PLAIN = (f"#0{digit}0203" for digit in "123456")
_COLOURS = {
    _INK: "var(--ink)",
    _LINE: "var(--line)",
    _BASE: "var(--muted)",
    _GOOD: "var(--good)",
    _BAD: "var(--bad)",
    _PLAIN: "var(--plain)",
}
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "text.parse_math": False,
    "font.family": "sans-serif",
}
# Narrow, so that text stays readable when the drawing is as wide as a phone.
_WIDTH_IN = 4.3
_SCORE_BINS = 24
_OF_VERDICT = {"better": _GOOD, "worse": _BAD, "unclear": _PLAIN}


@rc_context(_STYLE)
def means(evaluation: Evaluation) -> str:
    """Draw every system's mean nDCG@10 with its interval."""
    rows = [
        (measured.run.name, measured.interval, _colour(measured)) for measured in evaluation.systems
    ]
    return _intervals(rows, f"mean {MAIN}, 95 % interval", "{:.3f}", "means")


@rc_context(_STYLE)
def differences(evaluation: Evaluation) -> str:
    """Draw every system's difference from the baseline with its interval."""
    rows = [
        (measured.run.name, measured.difference.interval, _colour(measured))
        for measured in evaluation.systems
        if measured.difference
    ]
    label = f"{MAIN} less that of {_short(evaluation.baseline.run.name)}, 95 % interval"
    return _intervals(rows, label, "{:+.3f}", "differences", zero=True)


@rc_context(_STYLE)
def per_query(values: list[float], name: str, key: str) -> str:
    """Draw one system's per-query differences from the baseline, best first.

    Args:
        values: one difference per query, -1..1.
        name: the system, for the label.
        key: prefix of the drawing's ids, unique in the page.
    """
    figure, axes = _figure(2.5)
    ordered = sorted(values, reverse=True)
    colours = [_GOOD if value > 0 else _BAD for value in ordered]
    axes.bar(range(len(ordered)), ordered, width=0.9, color=colours)
    axes.axhline(0, color=_INK, linewidth=0.8)
    axes.set_xlim(-0.6, len(ordered) - 0.4)
    axes.set_xticks([])
    axes.set_xlabel(f"queries, from {_short(name)}'s largest gain to its largest loss", fontsize=9)
    axes.set_ylabel(f"difference in {MAIN}", fontsize=9)
    axes.grid(axis="y", color=_LINE, linewidth=0.6)
    return _svg(figure, key)


@rc_context(_STYLE)
def distribution(pairs: Pairs, key: str) -> str:
    """Draw how the scores of relevant and of irrelevant pairs are spread.

    Args:
        pairs: at least one.
        key: prefix of the drawing's ids, unique in the page.
    """
    figure, axes = _figure(2.3)
    edges = np.histogram_bin_edges([*pairs.relevant, *pairs.irrelevant], _SCORE_BINS)
    drawn = ((pairs.irrelevant, _BAD, "--", "irrelevant"), (pairs.relevant, _GOOD, "-", "relevant"))
    for scores, colour, line, label in drawn:
        weights = np.full(len(scores), 1 / max(1, len(scores)))
        style: Any = {"color": colour, "weights": weights, "bins": edges}
        axes.hist(scores, alpha=0.25, **style)
        axes.hist(scores, histtype="step", linewidth=1.8, linestyle=line, label=label, **style)
    axes.legend(frameon=False, fontsize=9, labelcolor=_INK)
    axes.set_xlabel("score", fontsize=9)
    axes.set_ylabel("share of its pairs", fontsize=9)
    axes.grid(axis="y", color=_LINE, linewidth=0.6)
    return _svg(figure, key)


@rc_context(_STYLE)
def calibration(pairs: Pairs, key: str) -> str:
    """Draw the share of relevant pairs by score, with its interval.

    Args:
        pairs: at least one.
        key: prefix of the drawing's ids, unique in the page.
    """
    figure, axes = _figure(2.3)
    found = bins_of(pairs)
    for one in found:
        axes.plot([one.score] * 2, [one.share.low, one.share.high], color=_PLAIN, linewidth=2)
    line = [one.score for one in found], [one.share.mean for one in found]
    axes.plot(*line, "o-", color=_PLAIN, markersize=5, linewidth=1)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("score", fontsize=9)
    axes.set_ylabel("share relevant", fontsize=9)
    axes.grid(axis="y", color=_LINE, linewidth=0.6)
    return _svg(figure, key)


def _intervals(
    rows: list[tuple[str, Interval, str]], label: str, form: str, key: str, *, zero: bool = False
) -> str:
    figure, axes = _figure(0.62 + 0.42 * len(rows))
    for place, (_, found, colour) in enumerate(rows):
        axes.plot([found.low, found.high], [place, place], color=colour, linewidth=2.2)
        axes.plot([found.mean], [place], "o", color=colour, markersize=6.5)
        axes.annotate(
            form.format(found.mean),
            (found.mean, place),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            color=_INK,
            fontsize=9,
        )
    if zero:
        axes.axvline(0, color=_INK, linewidth=0.8, zorder=1)
    axes.set_ylim(len(rows) - 0.5, -0.75)
    axes.margins(x=0.08)
    axes.set_yticks(range(len(rows)), [_short(name) for name, _, _ in rows])
    axes.set_xlabel(label, fontsize=9)
    axes.grid(axis="x", color=_LINE, linewidth=0.6)
    return _svg(figure, key)


def _short(name: str, limit: int = 20) -> str:
    """Keep the end of a long path: it tells two runs apart, and the plot keeps its width."""
    return name if len(name) <= limit else f"…{name[1 - limit :]}"


def _colour(measured: Measured) -> str:
    return _OF_VERDICT[measured.difference.verdict] if measured.difference else _BASE


def _figure(height_in: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=9.5, colors=_INK)
    axes.xaxis.label.set_color(_INK)
    axes.yaxis.label.set_color(_INK)
    return figure, axes


def _svg(figure: Figure, key: str) -> str:
    """Return the drawing as one `<svg>` element without addresses or ids of its own."""
    written = io.StringIO()
    figure.savefig(written, format="svg", transparent=True)
    drawing = written.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r' xmlns(:xlink)?="[^"]*"', "", drawing)
    drawing = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", drawing)
    drawing = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", drawing)
    drawing = drawing.replace("xlink:href=", "href=")
    drawing = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{key}-", drawing)
    drawing = re.sub(r"font: ([\d.]+px)[^;\"]*", r"font: \1 var(--font)", drawing)
    for placeholder, variable in _COLOURS.items():
        drawing = drawing.replace(placeholder, variable)
    return drawing
