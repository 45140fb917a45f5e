import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plugins.judged_queries import features

from connector.errors import WeightsError
from query.weights import stored


def test_features_come_back_as_they_were(tmp_path: Path) -> None:
    """Every number, id and slice survives the file."""
    shop = features(queries=3)
    stored.write(tmp_path / "kept" / "shop.npz", shop)
    found = stored.read(tmp_path / "kept" / "shop.npz")
    assert (found.terms, found.first_pass) == (shop.terms, shop.first_pass)
    for ours, theirs in zip(found.queries, shop.queries, strict=True):
        assert (ours.ids, ours.ideal, ours.slices) == (theirs.ids, theirs.ideal, theirs.slices)
        assert np.array_equal(ours.values, theirs.values)
        assert np.array_equal(ours.grades, theirs.grades)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A text file, another archive and a missing file are told apart from features."""
    (tmp_path / "text.npz").write_text("query_id\tquery\n")
    np.savez(tmp_path / "other.npz", a=np.zeros(2))
    for name in ("text.npz", "other.npz"):
        with pytest.raises(WeightsError, match="no features of judged queries"):
            stored.read(tmp_path / name)
    with pytest.raises(WeightsError, match="cannot be read"):
        stored.read(tmp_path / "none.npz")


Arrays = dict[str, Any]


def _number(name: str, value: float) -> Callable[[Arrays], None]:
    def put(arrays: Arrays) -> None:
        arrays[name].flat[4] = value

    return put


def _ideal(*grades: float) -> Callable[[Arrays], None]:
    def put(arrays: Arrays) -> None:
        about = json.loads(str(arrays["about"]))
        about["queries"][0]["ideal"] = grades
        arrays["about"] = np.array(json.dumps(about))

    return put


def _short(arrays: Arrays) -> None:
    arrays["values"] = arrays["values"][:, :-1]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_number("values", np.nan), "'q0': found a value that is not finite; .*collect"),
        (_number("values", -np.inf), "'q0': found a value that is not finite"),
        (_number("grades", np.nan), "'q0': found a grade that is negative or not finite"),
        (_number("grades", -1), "'q0': found a grade that is negative or not finite"),
        (_ideal(float("nan")), "'q0': found a grade that is negative or not finite"),
        (_ideal(0), "'q0': found no grade above 0"),
        (_ideal(), "'q0': found no grade above 0"),
        (_short, r"'q0': found values \(30, 2\) and grades \(30,\) of 30 products and 3 terms"),
    ],
)
def test_damaged_numbers_are_refused(
    tmp_path: Path, damage: Callable[[Arrays], None], told: str
) -> None:
    """With a value that is no number all weights would rank alike, and the gate would let them by."""
    file = tmp_path / "shop.npz"
    stored.write(file, features(queries=2))
    with np.load(file) as opened:
        arrays = dict(opened)
    damage(arrays)
    np.savez(file, **arrays)
    with pytest.raises(WeightsError, match=told):
        stored.read(file)
