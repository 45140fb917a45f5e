"""Features in a file, so that training can be repeated without the index."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from connector.errors import WeightsError
from query.weights.features import Features, Judged

FORMAT = 1


def write(file: Path, features: Features) -> None:
    """Write one catalogue's features as a compressed NumPy archive.

    Raises:
        WeightsError: the file cannot be written.
    """
    queries = features.queries
    about = {
        "format": FORMAT,
        "catalogue": features.catalogue,
        "encoder": features.encoder,
        "terms": features.terms,
        "first_pass": dict(features.first_pass),
        "judgments": features.judgments,
        "queries": [
            {"id": one.id, "text": one.text, "ideal": one.ideal, "slices": dict(one.slices)}
            for one in queries
        ],
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            np.savez_compressed(
                opened,
                about=np.array(json.dumps(about)),
                sizes=np.array([len(one.ids) for one in queries], np.int64),
                ids=np.array([id_ for one in queries for id_ in one.ids], np.str_),
                values=np.concatenate([one.values for one in queries]),
                grades=np.concatenate([one.grades for one in queries]),
            )
    except OSError as error:
        raise WeightsError(f"{file}: cannot be written ({error.strerror or error})") from None


def read(file: Path) -> Features:
    """Read what `write` wrote.

    Raises:
        WeightsError: the file cannot be read, is not one of these, or holds what no search gives:
            values that are not finite, grades below 0.
    """
    try:
        with np.load(file, allow_pickle=False) as opened:
            arrays = dict(opened)
        about = json.loads(str(arrays["about"]))
        if about["format"] != FORMAT:
            raise WeightsError(
                f"{file}: features of format {about['format']!r}, expected {FORMAT}; collect them again"
            )
        found = _features(about, arrays)
        if not found.queries:
            raise ValueError("no queries")  # noqa: TRY301 - told as what else is no such file
    except OSError as error:
        raise WeightsError(f"{file}: cannot be read ({error.strerror or error})") from None
    except (EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile):
        raise WeightsError(
            f"{file}: no features of judged queries; `connector train weights --keep` writes them"
        ) from None
    for one in found.queries:
        _require_sound(one, len(found.terms), file)
    return found


def _require_sound(judged: Judged, terms: int, file: Path) -> None:
    """Refuse what would make every comparison of weights come out even, or end in a traceback."""
    here = f"{file}: query {judged.id!r}"
    again = "the file is damaged; collect the features again with --queries, --qrels and --keep"
    values, grades, many = judged.values, judged.grades, len(judged.ids)
    if values.shape != (many, terms) or grades.shape != (many,):
        raise WeightsError(
            f"{here}: found values {values.shape} and grades {grades.shape} of {many} products and "
            f"{terms} terms; {again}"
        )
    if not np.isfinite(values).all():
        raise WeightsError(f"{here}: found a value that is not finite; {again}")
    best = np.array(judged.ideal, np.float32)
    for numbers in (grades, best):
        if not (np.isfinite(numbers) & (numbers >= 0)).all():
            raise WeightsError(f"{here}: found a grade that is negative or not finite; {again}")
    if not (best > 0).any():
        raise WeightsError(f"{here}: found no grade above 0, so no ranking is better; {again}")


def _features(about: dict[str, Any], arrays: dict[str, Any]) -> Features:
    ends = np.cumsum(arrays["sizes"])
    values, grades = (arrays[name].astype(np.float32) for name in ("values", "grades"))
    queries = tuple(
        Judged(
            id=one["id"],
            text=one["text"],
            ids=tuple(map(str, arrays["ids"][end - size : end])),
            values=values[end - size : end],
            grades=grades[end - size : end],
            ideal=tuple(map(float, one["ideal"])),
            slices=one["slices"],
        )
        for one, size, end in zip(about["queries"], arrays["sizes"], ends, strict=True)
    )
    return Features(
        catalogue=about["catalogue"],
        encoder=about["encoder"],
        terms=tuple(about["terms"]),
        first_pass=about["first_pass"],
        queries=queries,
        judgments=about["judgments"],
    )
