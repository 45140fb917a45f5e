from pathlib import Path

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
