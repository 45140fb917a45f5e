"""The templates, filled."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from connector import files
from connector.errors import JudgmentsError
from query.evaluate.compare import LEVEL, RESAMPLES
from query.evaluate.evaluation import Evaluation
from query.evaluate.metrics import CUTOFF, MAIN, MEASURES
from query.evaluate.report import plots, views
from query.evaluate.scores import calibration
from query.evaluate.significance import SWAPS
from query.evaluate.sliced import SMALL, Sliced
from query.html import filled


def write(evaluation: Evaluation, file: Path, made: str, titles: Mapping[str, str]) -> None:
    """Write the page.

    Args:
        evaluation: what to show.
        file: where to; its folder is made when missing.
        made: what was measured and when, as one line for the top of the page.
        titles: by product id; a product without one is shown by its id.

    Raises:
        JudgmentsError: when the file cannot be written.
    """
    files.write(file, render(evaluation, made, titles), JudgmentsError)


def render(evaluation: Evaluation, made: str, titles: Mapping[str, str]) -> str:
    """Return the page."""
    rows = views.rows(evaluation, titles)
    return filled(
        Path(__file__).parent,
        made=made,
        evaluation=evaluation,
        best=max(evaluation.systems, key=lambda measured: measured.scores.mean[MAIN]),
        others=evaluation.systems[1:],
        measures=MEASURES,
        main=MAIN,
        cutoff=CUTOFF,
        level=LEVEL,
        resamples=RESAMPLES,
        swaps=SWAPS,
        small=SMALL,
        drawings=_drawings(evaluation),
        contrasts=list(views.contrasts(evaluation, rows)),
        slices=_by_dimension(evaluation),
        rows=rows,
    )


def _by_dimension(evaluation: Evaluation) -> list[tuple[str, list[Sliced]]]:
    together = itertools.groupby(evaluation.slices, key=lambda row: row.slice.dimension)
    return [(dimension, list(rows)) for dimension, rows in together]


def _drawings(evaluation: Evaluation) -> dict[str, Any]:
    # The drawings are ours; matplotlib escapes the names written into them.
    others = evaluation.systems[1:]
    return {
        "means": Markup(plots.means(evaluation)),  # noqa: S704
        "differences": Markup(plots.differences(evaluation)) if others else None,  # noqa: S704
        "per_query": [
            (measured, Markup(plots.per_query(views.changes(evaluation, measured), name, f"q{at}")))  # noqa: S704
            for at, measured in enumerate(others)
            for name in (measured.run.name,)
        ],
        "scores": [
            (
                measured,
                Markup(plots.distribution(measured.pairs, f"d{at}")),  # noqa: S704
                Markup(plots.calibration(measured.pairs, f"c{at}")),  # noqa: S704
            )
            for at, measured in enumerate(evaluation.systems)
            if len(calibration(measured.pairs)) > 1
        ],
    }
