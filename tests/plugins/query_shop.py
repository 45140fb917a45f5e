"""A small index to search in, written straight into the cluster without Kafka."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from opensearchpy import OpenSearch

from connector.encoder import Encoder
from connector.settings import EncoderSettings, Settings
from mappings.apply import apply
from mappings.catalogue import Catalogue
from mappings.contract import contract_of
from mappings.sketch import sketch
from mappings.template import render

Json = dict[str, Any]

KINDS = ("jacket", "lamp", "kettle", "backpack", "headphones", "tent", "stove", "mug")
MAKERS = ("Alder", "Birch", "Cedar", "Douglas")
COLOURS = ("red", "green", "blue")
# How the names of products that nobody may find begin: a query for it is nearest to them.
HIDDEN = "crimson velvet jacket"


def describe(name: str, model: str, **changes: Any) -> Catalogue:
    """Return a catalogue with a field of every type a filter can have."""
    tree: Json = {
        "name": name,
        "source": {"topic": name},
        "model": {"name": model},
        "vectors": {
            "title_vector": {"text": "{title}"},
            "body_vector": {"text": "{title}. {brand}. {description}"},
        },
        "fields": {
            "title": {"role": "title"},
            "brand": {"role": "brand"},
            "description": {"role": "description"},
            "colour": {"role": "facet"},
            "price": {"role": "price"},
            "stock": {"role": "facet", "type": "long"},
            "boxed": {"role": "facet", "type": "boolean"},
            "released": {"role": "facet", "type": "date"},
            "specs": {"role": "attribute"},
            "image": {"role": "image"},
        },
    }
    return Catalogue.model_validate({**tree, **changes})


def products() -> dict[str, Json]:
    """Return 96 products: every kind by every maker in every colour."""
    every = itertools.product(KINDS, MAKERS, COLOURS)
    return {f"p{number:03}": _product(number, *parts) for number, parts in enumerate(every)}


def _product(number: int, kind: str, maker: str, colour: str) -> Json:
    return {
        "title": f"{colour} {kind} model {number}",
        "brand": maker,
        "description": f"a {kind} by {maker}, made for {'camping' if number % 2 else 'home'}",
        "colour": colour,
        "price": 10.0 + number,
        "stock": number % 5,
        "boxed": number % 3 == 0,
        "released": f"2026-{1 + number % 12:02}-15",
        "specs": [f"weight: {100 * (number % 4)} g", f"material: {('wool', 'steel')[number % 2]}"],
    }


@dataclass(frozen=True)
class Shop:
    """An index with its products and the very vectors it holds.

    Attributes:
        settings: of a user who may only search it.
        alias: its filtered alias.
        catalogue: what it was built from.
        documents: by id, as stored; deleted ones and those without vectors included.
        encoder: the model its vectors come from.
    """

    settings: Settings
    alias: str
    catalogue: Catalogue
    documents: dict[str, Json]
    encoder: Encoder

    def cosines(self, text: str, field: str) -> dict[str, float]:
        """Return the cosine of a query to every living product that has the vector."""
        query = self.encoder.encode_queries([text])[0]
        return {
            id_: float(query @ np.array(document[field], np.float32))
            for id_, document in self.documents.items()
            if field in document and not document["connector"]["deleted"]
        }


def build(
    client: OpenSearch, settings: Settings, catalogue: Catalogue, shown: dict[str, Json]
) -> Shop:
    """Create the index and fill it.

    On top of `shown` there are 40 deleted products that kept text and vectors, as no worker
    leaves them, and one product whose vectors could not be computed.
    """
    contract = contract_of(catalogue)
    apply(client, catalogue, contract)
    encoder = Encoder.load(contract.identity, EncoderSettings(device="cpu", dtype="float32"))
    hidden = {f"x{n:02}": {"title": f"{HIDDEN} {n}", "price": 50.0} for n in range(40)}
    documents = {
        **_embedded(shown, catalogue, encoder, deleted=False),
        **_embedded(hidden, catalogue, encoder, deleted=True),
        "plain": {
            "title": "orange gazebo",
            "brand": "Elm",
            "connector": {"id": "plain", "deleted": False},
        },
    }
    _write(client, f"{catalogue.name}-v1", documents)
    return Shop(settings, catalogue.name, catalogue, documents, encoder)


def _embedded(
    fields: dict[str, Json], catalogue: Catalogue, encoder: Encoder, *, deleted: bool
) -> dict[str, Json]:
    vectors = {
        name: encoder.encode_documents([render(spec.text, each) for each in fields.values()])
        for name, spec in catalogue.vectors.items()
    }
    return {
        id_: {
            **each,
            **{name: rows[row].tolist() for name, rows in vectors.items()},
            "connector": {
                "id": id_,
                "deleted": deleted,
                "sketch": sketch([rows[row] for rows in vectors.values()]),
            },
        }
        for row, (id_, each) in enumerate(fields.items())
    }


def _write(client: OpenSearch, index: str, documents: dict[str, Json]) -> None:
    lines = itertools.chain.from_iterable(
        ({"index": {"_id": id_}}, document) for id_, document in documents.items()
    )
    body = "".join(json.dumps(line) + "\n" for line in lines)
    done = client.bulk(body=body, index=index, params={"refresh": "true"})
    assert not done["errors"], done["items"][0]
