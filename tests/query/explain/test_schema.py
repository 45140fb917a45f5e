import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from query.explain import schema
from query.request import SYSTEMS, System
from query.response import EVIDENCE_VERSION
from query.search import Searcher

DOCS = Path(__file__).parents[3] / "docs"
TEXTS = ("red jakcet under $50 without wool", "lamp by cedar", "保暖 kettle", "orange gazebo")


def test_what_is_published_is_what_the_code_says() -> None:
    """The schema in docs/ and in the package is the dataclasses', to the letter (`make docs`)."""
    assert (DOCS / schema.FILE).read_text("utf-8") == schema.text()
    assert schema.published() == schema.schema()


def test_it_is_a_schema_and_everything_in_it_is_described() -> None:
    """Draft 2020-12 accepts it; every key says what it means."""
    made = schema.published()
    Draft202012Validator.check_schema(made)
    assert made["$id"].endswith(f":{EVIDENCE_VERSION}")
    for part in (made, *made["$defs"].values()):
        assert all(one.get("description") for one in part["properties"].values())


@pytest.mark.server
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_search_speaks_it(system: System, searcher: Searcher) -> None:
    """What a search returns is valid, explained or not, and nothing but its keys may be in it."""
    validator = Draft202012Validator(schema.published())
    for text in TEXTS:
        for explain in (False, True):
            page = searcher.search(text, size=3, system=system, explain=explain)
            said = json.loads(json.dumps(page.as_json()))
            validator.validate(said)
            said["hits"][0]["evidence"]["more"] = 1
            with pytest.raises(ValidationError):
                validator.validate(said)
