"""The evaluation as one HTML page that opens from disk and loads nothing."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from connector.errors import JudgmentsError
from query.evaluate import plots
from query.evaluate.compare import LEVEL, RESAMPLES, SAME
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import CUTOFF, MAIN, MEASURES

TEMPLATE = "report.html.j2"


def write(evaluation: Evaluation, file: Path, made: str) -> None:
    """Write the page.

    Args:
        evaluation: what to show.
        file: where to; its folder is made when missing.
        made: what was measured and when, as one line for the top of the page.

    Raises:
        JudgmentsError: when the file cannot be written.
    """
    page = render(evaluation, made)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, "utf-8")
    except OSError as error:
        raise JudgmentsError(f"{file}: cannot be written ({error.strerror or error})") from None


def render(evaluation: Evaluation, made: str) -> str:
    """Return the page; every text that came from outside is escaped by the template engine."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    others = evaluation.systems[1:]
    return environment.get_template(TEMPLATE).render(
        made=made,
        evaluation=evaluation,
        best=max(evaluation.systems, key=lambda measured: measured.scores.mean[MAIN]),
        others=others,
        measures=MEASURES,
        main=MAIN,
        cutoff=CUTOFF,
        level=LEVEL,
        resamples=RESAMPLES,
        drawings=_drawings(evaluation),
        rows=[_row(evaluation, query_id) for query_id in evaluation.judgments.queries],
    )


def _drawings(evaluation: Evaluation) -> dict[str, Any]:
    # The drawings are ours; matplotlib escapes the names written into them.
    others = evaluation.systems[1:]
    return {
        "means": Markup(plots.means(evaluation)),  # noqa: S704
        "differences": Markup(plots.differences(evaluation)) if others else None,  # noqa: S704
        "per_query": [
            (measured, Markup(plots.per_query(_changes(evaluation, measured), name, f"q{place}")))  # noqa: S704
            for place, measured in enumerate(others)
            for name in (measured.run.name,)
        ],
    }


def _changes(evaluation: Evaluation, measured: Measured) -> list[float]:
    return [_change(evaluation, measured, query_id) for query_id in evaluation.judgments.queries]


def _change(evaluation: Evaluation, measured: Measured, query_id: str) -> float:
    """Return the difference from the baseline, with rounding noise as exactly zero."""
    theirs = evaluation.baseline.scores.per_query[query_id][MAIN]
    change = measured.scores.per_query[query_id][MAIN] - theirs
    return change if abs(change) > SAME else 0.0


def _row(evaluation: Evaluation, query_id: str) -> dict[str, Any]:
    grades = evaluation.judgments.grades[query_id]
    return {
        "id": query_id,
        "text": evaluation.judgments.queries[query_id],
        "values": [measured.scores.per_query[query_id][MAIN] for measured in evaluation.systems],
        "changes": [_change(evaluation, measured, query_id) for measured in evaluation.systems[1:]],
        "answers": [
            {
                "system": measured.run.name,
                "scores": measured.scores.per_query[query_id],
                "hits": [
                    (product_id, grades.get(product_id))
                    for product_id, _ in measured.run.rankings.get(query_id, [])[:CUTOFF]
                ],
            }
            for measured in evaluation.systems
        ],
    }
