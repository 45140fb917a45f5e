import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dashboards.boards import PANELS
from query.report import drawing
from query.report.drawing import HEIGHT, WIDTH

LINE = next(panel for panel in PANELS if panel.id == "connector-searches")
SHARE = next(panel for panel in PANELS if panel.id == "connector-zero-results")

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.integers(0, 2**41),
            "system": st.sampled_from("abc"),
            "searches": st.none() | st.floats(-1e9, 1e9),
        }
    ),
    max_size=30,
)


@given(ROWS)
def test_every_point_stands_in_the_box(rows: list[dict[str, object]]) -> None:
    """Whatever the figures are, nothing is drawn outside."""
    plot = drawing.lines(LINE, rows)
    points = [point for series in plot.series for point in series.points]
    assert len(points) == sum(row["searches"] is not None for row in rows)
    for x, y in [(point.x, point.y) for point in points]:
        assert 0 <= x <= WIDTH
        assert -1e-6 <= y <= HEIGHT


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "", "—"),
        ("word", "", "word"),
        (0.5, "share", "50.0 %"),
        (0.12345, "", "0.123"),
        (1234567.0, "", "1,234,567"),
        (3, "", "3"),
        (1.0, "score", "1.000"),
        (1_228_185, "bytes", "1.2 MB"),
        (17, "bytes", "17 B"),
        (0, "bytes", "0 B"),
        (86_400_000, "time", "01-02 00:00"),
    ],
)
def test_figures_are_short(value: object, unit: drawing.Unit, said: str) -> None:
    """A dash for nothing, three places for what is small, thousands apart."""
    assert drawing.figure(value, unit) == said


def test_a_small_loss_is_a_short_bar() -> None:
    """Scores and shares are parts of 1, counts of the largest there is."""
    losses = next(panel for panel in PANELS if panel.id == "connector-losses")
    actions = next(panel for panel in PANELS if panel.id == "connector-actions")
    (small,) = drawing.bars(losses, [{"query": "q", "difference": -0.008}])
    assert (small.width, small.text) == (-0.008, "-0.008")
    (only,) = drawing.bars(actions, [{"action": "click", "events": 7}])
    assert only.width == 1


def test_an_axis_ends_at_a_round_number_above_everything() -> None:
    """And a share that comes near the whole is drawn in the whole."""
    assert drawing.scale([0.0, 73.0], "") == (0.0, 100)
    assert drawing.scale([120.0], "") == (0.0, 200)
    assert drawing.scale([0.7], "share") == (0.0, 1.0)
    assert drawing.scale([], "") == (0.0, 1.0)
    assert drawing.scale([0.0], "share") == (0.0, 1.0)


def test_a_time_that_reads_the_same_stands_once() -> None:
    """Figures of one minute have one mark below them, those of a day three."""

    def marks(last: int) -> list[str]:
        rows = [{"time": at, "system": "a", "searches": 1} for at in (0, last)]
        return [tick.text for tick in drawing.lines(LINE, rows).across]

    assert marks(10_000) == ["01-01 00:00"]
    assert marks(86_400_000) == ["01-01 00:00", "01-01 12:00", "01-02 00:00"]
