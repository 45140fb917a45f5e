"""Rows as shapes: polylines in a box of 640 by 220, bars and cells by their share of the largest."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mappings.dashboards.panel import Panel
from mappings.dashboards.query import TIME, Unit

Row = dict[str, Any]

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 12, 26
# Lines of one drawing that can be told apart.
MOST_SERIES = 8
_STEPS = (1, 2, 2.5, 5, 10)
_SHORT = 86_400_000
_PREFIXES = ("", "k", "M", "G", "T")
# An axis for less than this says nothing.
_LEAST = 1e-9


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Point:
    """A figure in a drawing, and what it says when it is pointed at."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Series:
    """Points that belong together."""

    name: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The points as a polyline has them."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class Plot:
    """A drawing with two axes."""

    series: tuple[Series, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


@dataclass(frozen=True)
class Bar:
    """One bar: its label, what it says, and its width of the longest, -1 to 1."""

    label: str
    text: str
    width: float


def lines(panel: Panel, rows: Sequence[Row]) -> Plot:
    """Draw the first measure over time, a line for each value of the second split."""
    name = panel.query.measures[0].name
    known = [row for row in rows if row[name] is not None]
    groups: dict[str, list[Row]] = {}
    key = panel.query.splits[1].name if len(panel.query.splits) > 1 else ""
    for row in known:
        groups.setdefault(str(row[key]) if key else name, []).append(row)
    times = [row[TIME] for row in known] or [0]
    first, last = min(times), max(times)
    up = scale([row[name] for row in known], panel.unit)
    series = tuple(
        Series(
            group,
            tuple(
                Point(
                    _across(row[TIME], first, last),
                    _height(row[name], up),
                    f"{group}, {moment(row[TIME], last - first)}: {figure(row[name], panel.unit)}",
                )
                for row in groups[group]
            ),
        )
        for group in sorted(groups)[:MOST_SERIES]
    )
    return Plot(series, _moments(first, last), _ticks(up, panel.unit))


def dots(panel: Panel, rows: Sequence[Row]) -> Plot:
    """Draw a dot per row, the first measure to the right, the second upwards, both 0 to 1."""
    across, up = (measure.name for measure in panel.query.measures[:2])
    key = panel.query.splits[0].name
    points = tuple(
        Point(
            _across(row[across], 0, 1),
            _height(row[up], (0, 1)),
            f"{row[key]}: {figure(row[across], panel.unit)} → {figure(row[up], panel.unit)}",
        )
        for row in rows
        if row[across] is not None and row[up] is not None
    )
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    return Plot(
        (Series(up, points),),
        tuple(Tick(_across(at, 0, 1), f"{at:g}") for at in ticks),
        tuple(Tick(_height(at, (0, 1)), f"{at:g}") for at in ticks),
    )


def bars(panel: Panel, rows: Sequence[Row]) -> list[Bar]:
    """Return a bar per row, labelled by its splits; of shares and scores the whole is 1."""
    name = panel.query.measures[0].name
    longest = max((abs(row[name] or 0) for row in rows), default=0) or 1
    if panel.unit in {"share", "score"}:
        longest = max(1, longest)
    return [
        Bar(
            " · ".join(str(row[split.name]) for split in panel.query.splits),
            figure(row[name], panel.unit),
            (row[name] or 0) / longest,
        )
        for row in rows
    ]


def cells(panel: Panel, rows: Sequence[Row]) -> tuple[list[str], dict[str, dict[str, float]]]:
    """Return the columns, and by line the value of each: the two splits of a heat map."""
    line, column = (split.name for split in panel.query.splits[:2])
    name = panel.query.measures[0].name
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(str(row[line]), {})[str(row[column])] = row[name]
    return sorted({str(row[column]) for row in rows}), found


def figure(value: object, unit: Unit = "") -> str:
    """Return a figure in few characters; a dash for none, a word as it is."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    assert isinstance(value, int | float)  # noqa: S101 - a cluster's answer has nothing else
    if unit in _WRITTEN:
        return _WRITTEN[unit](value)
    if value == int(value) or abs(value) >= 100:  # noqa: PLR2004 - no place for more
        return f"{value:,.0f}"
    return f"{value:.3f}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _bytes(value: float) -> str:
    power = min(max(0, int(math.log10(max(value, 1)) / 3)), len(_PREFIXES) - 1)
    return f"{value / 1000**power:,.{min(power, 1)}f} {_PREFIXES[power]}B"


def moment(at_ms: float, span_ms: float) -> str:
    """Return a time in UTC: the hour where all is within a day, else the day."""
    when = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{when:%m-%d %H:%M}" if span_ms < 3 * _SHORT else f"{when:%Y-%m-%d}"


_WRITTEN: dict[Unit, Callable[[float], str]] = {
    "score": "{:.3f}".format,
    "share": _share,
    "bytes": _bytes,
    "time": lambda value: moment(value, 0),
}


def scale(values: Iterable[float], unit: Unit) -> tuple[float, float]:
    """Return the ends of an axis: from 0, or below, to a round number above all values."""
    known = list(values)
    top, low = max(known, default=1.0), min(0.0, *known, 0.0)
    if unit == "share" and top <= 1 and top > 0.5:  # noqa: PLR2004 - half of all
        return low, 1.0
    if top < _LEAST:
        return low, 1.0
    size = 10 ** math.floor(math.log10(top))
    return low, next(step * size for step in _STEPS if step * size >= top * 0.999)


def _moments(first: float, last: float) -> tuple[Tick, ...]:
    """Return the ends of a time axis and its middle; what reads the same stands once."""
    named = {moment(at, last - first): at for at in (last, (first + last) / 2, first)}
    return tuple(Tick(_across(at, first, last), text) for text, at in reversed(named.items()))


def _ticks(ends: tuple[float, float], unit: Unit) -> tuple[Tick, ...]:
    low, high = ends
    values = [low + part * (high - low) / 4 for part in range(5)]
    return tuple(Tick(_height(value, ends), _short(value, unit)) for value in values)


def _short(value: float, unit: Unit) -> str:
    if unit == "share":
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - no place


def _across(value: float, first: float, last: float) -> float:
    if first == last:
        return (_LEFT + WIDTH - _RIGHT) / 2
    return _LEFT + (value - first) / (last - first) * (WIDTH - _LEFT - _RIGHT)


def _height(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)
