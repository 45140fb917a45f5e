from pathlib import Path

import pytest

from connector.errors import SynonymsError
from query.understand.synonyms.sources.clicks import candidates, read


def _file(folder: Path, *lines: str, header: str = "query\tproduct_id\tclicks") -> Path:
    file = folder / "clicks.tsv"
    file.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return file


def test_queries_with_the_same_products_differ_by_synonyms(tmp_path: Path) -> None:
    """What stands between the common beginning and the common end is the pair."""
    clicks = read(
        _file(
            tmp_path,
            *("red sofa bed\tp1\t9", "red sofa bed\tp2\t4"),
            *("red couch bed\tp1\t8", "red couch bed\tp2\t5", "red couch bed\tp2\t1"),
            *(
                "红色手机壳\tp8\t3",
                "红色手机壳\tp9\t3",
                "红色移动电话壳\tp8\t2",
                "红色移动电话壳\tp9\t2",
            ),
        )
    )
    found = [({one, other}, round(score, 2)) for one, other, score in candidates(clicks)]
    assert found == [({"移动电话", "手机"}, 1.0), ({"sofa", "couch"}, 0.97)]


@pytest.mark.parametrize(
    "rows",
    [
        ("sofa\tp1\t9", "couch\tp1\t9"),
        ("sofa\tp1\t9", "sofa\tp2\t1", "couch\tp1\t1", "couch\tp2\t90"),
        ("sofa\tp1\t1", "sofa\tp2\t1", "sofa bed\tp1\t1", "sofa bed\tp2\t1"),
        ("sofas\tp1\t1", "sofas\tp2\t1", "sofa\tp1\t1", "sofa\tp2\t1"),
        ("a b c d e\tp1\t1", "a b c d e\tp2\t1", "v w x y z\tp1\t1", "v w x y z\tp2\t1"),
    ],
    ids=["one product", "other clicks", "part", "plural", "other query"],
)
def test_what_speaks_against_a_pair_yields_none(tmp_path: Path, rows: tuple[str, ...]) -> None:
    """Chance, other interests, longer phrases, plurals and other queries are no synonyms."""
    assert list(candidates(read(_file(tmp_path, *rows)))) == []


@pytest.mark.parametrize(
    "row", ["sofa\tp1", "sofa\tp1\tmany", "sofa\tp1\t0", "sofa\tp1\tnan", "\tp1\t1", "a\tb\tinf"]
)
def test_wrong_row_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    """A row without a query, a product or a positive number of clicks names its line."""
    with pytest.raises(SynonymsError, match=r"clicks\.tsv:3: found"):
        read(_file(tmp_path, "sofa\tp1\t1", row))


def test_wrong_header_is_refused(tmp_path: Path) -> None:
    """A file without the header says which one to write."""
    with pytest.raises(SynonymsError, match="write the header"):
        read(_file(tmp_path, header="q\tp\tc"))
