"""An empty drawing in the page's own colours, and what is drawn as SVG to stand inside the page.

Whoever draws does so within `rc_context(STYLE)`.
"""

import io
import re
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Placeholders that become the page's CSS variables, so that one SVG serves light and dark.
INK, LINE, BASE, GOOD, BAD, PLAIN = (f"#0{digit}0203" for digit in "123456")
_COLOURS = {
    INK: "var(--ink)",
    LINE: "var(--line)",
    BASE: "var(--muted)",
    GOOD: "var(--good)",
    BAD: "var(--bad)",
    PLAIN: "var(--plain)",
}
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "text.parse_math": False,
    "font.family": "sans-serif",
}
# Narrow, so that text stays readable when the drawing is as wide as a phone.
_WIDTH_IN = 4.3


def short(name: str, limit: int = 20) -> str:
    """Keep the end of a long path: it tells two runs apart, and the plot keeps its width."""
    return name if len(name) <= limit else f"…{name[1 - limit :]}"


def figure_of(height_in: float) -> tuple[Figure, Axes]:
    """Return an empty drawing without a frame; its height is in inches at a phone's width."""
    figure = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=9.5, colors=INK)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    return figure, axes


def svg(figure: Figure, key: str) -> str:
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
