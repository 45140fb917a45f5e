import pytest

from mappings.locate import line_of

TEXT = """\
name = "shop"
# fields.title = "a comment"
[fields.title]
role = "title"
fields.nested.key = 1

[ fields . "brand" ]
weight = 2

[[boost]]
field = "margin"
[[boost]]
field = "stock"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["name"], 1),
        (["fields", "title"], 3),
        (["fields", "title", "role"], 4),
        (["fields", "title", "missing"], 3),
        (["fields", "brand", "weight"], 8),
        (["boost", "0", "field"], 11),
        (["boost", "1"], 12),
        (["boost", "1", "field"], 13),
        (["nowhere"], 1),
    ],
)
def test_line(path: list[str], line: int) -> None:
    """The line of the closest key or table that exists is returned."""
    assert line_of(TEXT, path) == line
