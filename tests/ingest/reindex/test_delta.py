from pathlib import Path
from typing import Any

from plugins.ingest_shop import describe

from ingest.reindex.delta import Delta, delta
from mappings.catalogue import Catalogue
from mappings.contract import contract_of
from mappings.index import mappings_of
from mappings.live import LiveIndex


def compared(folder: Path, **values: Any) -> Delta:
    """Compare a catalogue with itself, some values changed."""
    old = describe("shop", "shop", str(folder))
    new = Catalogue.model_validate(old.model_dump() | values)
    live = LiveIndex("shop", "shop-v1", mappings_of(old, contract_of(old)), {}, {})
    return delta(live, new, contract_of(new))


def test_a_mapping_alone_computes_nothing(tiny_model: Path) -> None:
    """Analysis, k-NN parameters and shards leave every vector as it is."""
    changed = compared(tiny_model, language="standard", knn={"m": 24}, index={"shards": 3})
    assert changed == Delta(same_model=True, computed=(), unkept=())


def test_a_new_template_computes_its_own_field(tiny_model: Path) -> None:
    """The vector of a text does not depend on the field that it stands in."""
    vectors = {"title_vector": {"text": "{title}"}, "other_vector": {"text": "{body}"}}
    assert compared(tiny_model, vectors=vectors).computed == ("other_vector",)


def test_a_query_prompt_leaves_documents_alone_and_a_document_prompt_does_not(
    tiny_model: Path,
) -> None:
    """The first is put before queries only, so vectors are copied; the second is in every vector."""
    name = str(tiny_model)
    assert compared(tiny_model, model={"name": name, "query_prompt": "q: "}).same_model
    prompted = compared(tiny_model, model={"name": name, "document_prompt": "d: "})
    assert (prompted.same_model, len(prompted.computed)) == (False, 2)


def test_what_the_old_index_never_kept_is_named(tiny_model: Path) -> None:
    """A new field, another source, another meaning of a version: the topics have to be read."""
    fields = describe("shop", "shop", str(tiny_model)).model_dump()["fields"]
    fields["colour"] = {"role": "facet", "type": "keyword"}
    fields["body"] = {**fields["body"], "source": ("text",), "html": True}
    source = {"topic": "shop", "version": "@offset"}
    said = " ".join(compared(tiny_model, fields=fields, source=source).unkept)
    assert "field 'colour' is new" in said
    assert "fields.body.source is ('text',)" in said
    assert "fields.body.html is True, False before" in said
    assert "source.version is '@offset', 'v' before" in said
