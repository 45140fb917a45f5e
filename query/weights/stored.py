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
        WeightsError: the file cannot be read, or is not one of these.
    """
    try:
        with np.load(file, allow_pickle=False) as found:
            arrays = dict(found)
        about = json.loads(str(arrays["about"]))
        if about["format"] != FORMAT:
            raise WeightsError(
                f"{file}: features of format {about['format']!r}, expected {FORMAT}; collect them again"
            )
        return _features(about, arrays)
    except OSError as error:
        raise WeightsError(f"{file}: cannot be read ({error.strerror or error})") from None
    except (EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile):
        raise WeightsError(
            f"{file}: no features of judged queries; `connector train weights --keep` writes them"
        ) from None


def _features(about: dict[str, Any], arrays: dict[str, Any]) -> Features:
    ends = np.cumsum(arrays["sizes"])
    queries = tuple(
        Judged(
            id=one["id"],
            text=one["text"],
            ids=tuple(map(str, arrays["ids"][end - size : end])),
            values=arrays["values"][end - size : end],
            grades=arrays["grades"][end - size : end],
            ideal=tuple(one["ideal"]),
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
