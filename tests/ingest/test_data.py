"""Samples of the external catalogues, unchanged, through the shipped catalogue files."""

import json
import os
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.ingest_shop import make_shop

from benchmarks.lines import lines
from connector.settings import Settings
from ingest.publish import publish
from mappings.catalogue import Catalogue, read

pytestmark = [pytest.mark.server, pytest.mark.data]

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("CONNECTOR_DATA", ROOT.parent / "shared" / "data"))
SAMPLE = 300


@pytest.mark.skipif(not DATA.is_dir(), reason="CONNECTOR_DATA names no folder")
@pytest.mark.parametrize(("name", "key"), [("esci", "_id"), ("icecat", "id")])
def test_real_catalogues_load_without_a_dead_letter(  # noqa: PLR0913, PLR0917 - fixtures
    name: str,
    key: str,
    writer: Settings,
    client: OpenSearch,
    catalogue_name: str,
    topic: str,
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    """Every product of the sample is in the index, embedded, and a second run changes nothing."""
    sample = list(lines(DATA / name / "products.jsonl.gz", SAMPLE))
    file = tmp_path / "sample.jsonl"
    file.write_bytes(b"".join(sample))
    described = read(ROOT / "examples" / f"{name}.toml").model_dump()
    described |= {"name": catalogue_name, "model": {"name": str(tiny_model)}}
    described["source"]["topic"] = topic
    shop = make_shop(Catalogue.model_validate(described), writer, client, tmp_path)
    assert publish(writer.kafka, shop.catalogue.source, str(file), 1, lambda _: None) == SAMPLE
    summary = shop.ingest()
    assert (summary["embedded"], summary["dead_letters"]) == (SAMPLE, 0)
    documents = shop.documents()
    assert documents.keys() == {json.loads(line)[key] for line in sample}
    assert {document["connector"]["state"] for document in documents.values()} == {"embedded"}
    assert shop.ingest(from_beginning=True)["encoder_texts"] == 0
    assert shop.documents() == documents
