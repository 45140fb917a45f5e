"""Make a large catalogue out of small ones: real products first, then copies that vary.

Run: python -m benchmarks.scale make bench-200k 200000 --of esci icecat [--to URL]
     python -m benchmarks.scale remove bench-200k [--to URL]
Copies have words dropped and swapped in their titles and vectors moved by about 25 degrees, so that
neither words nor neighbours repeat. No model is loaded.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import orjson
from opensearchpy import OpenSearch

from connector import cluster
from connector.settings import Settings, load
from mappings.apply import apply
from mappings.catalogue import STATE, Catalogue
from mappings.contract import contract_of
from mappings.index import ALIVE
from mappings.live import open_index
from mappings.sketch import Vectors, sketch

Json = dict[str, Any]

_SEED = 20
_PAGE = 1000
_BULK = 500
_MERGING_S = 3 * 3600
_PARAMS = {"filter_path": "errors", "request_timeout": 600}
# Length of the noise beside a vector of length 1: the copy's cosine to it is 1 / √(1 + .47²) = .905.
_NOISE = 0.47
_DROPPED, _SWAPPED = 0.15, 0.15


@dataclass(frozen=True)
class Product:
    """A product as it is stored.

    Attributes:
        fields: of the catalogue.
        vectors: by vector field, float32 of shape (dimension,), length 1; one may be missing.
    """

    fields: Json
    vectors: dict[str, Vectors]


def merged(name: str, catalogues: Sequence[Catalogue]) -> Catalogue:
    """Return a catalogue with the fields of all; where two have one, the first one's counts."""
    described = catalogues[0].model_dump()
    for catalogue in catalogues[1:]:
        described["fields"] = catalogue.model_dump()["fields"] | described["fields"]
    described["name"] = described["source"]["topic"] = name
    return Catalogue.model_validate(described)


def products(client: OpenSearch, alias: str, catalogue: Catalogue) -> Iterator[Product]:
    """Yield every living product of an index with its vectors."""
    body: Json = {
        "size": _PAGE,
        "track_total_hits": False,
        "_source": {"excludes": [STATE]},
        "query": {"bool": {"filter": [ALIVE]}},
        "sort": [{"_seq_no": "asc"}],
    }
    while True:
        hits = client.search(body=body, index=alias)["hits"]["hits"]
        for hit in hits:
            fields = hit["_source"]
            found = {vector: fields.pop(vector, None) for vector in catalogue.vectors}
            arrays = {k: np.asarray(v, np.float32) for k, v in found.items() if v}
            yield Product(fields, arrays)
        if len(hits) < _PAGE:
            return
        body["search_after"] = hits[-1]["sort"]


def grown(
    real: Sequence[Product], title: str, count: int, chance: random.Random
) -> Iterator[Product]:
    """Yield `count` products: the real ones as they are, then varied copies of them in turn.

    Args:
        real: at least one.
        title: name of the title's field.
        count: how many.
        chance: source of randomness.
    """
    yield from real[:count]
    noise = np.random.default_rng(chance.getrandbits(32))
    vocabulary = [word for one in real for word in str(one.fields.get(title, "")).split()]
    for number in range(len(real), count):
        one = real[number % len(real)]
        worded = varied(str(one.fields.get(title, "")), vocabulary, chance)
        moved = {name: jittered(vector, noise) for name, vector in one.vectors.items()}
        yield Product({**one.fields, title: worded}, moved)


def varied(title: str, vocabulary: Sequence[str], chance: random.Random) -> str:
    """Return a title with some words dropped and some swapped for others; one word is left."""
    words = []
    for word in title.split():
        drawn = chance.random()
        if drawn < _DROPPED:
            continue
        words.append(chance.choice(vocabulary) if drawn < _DROPPED + _SWAPPED else word)
    return " ".join(words) or title


def jittered(vector: Vectors, noise: np.random.Generator) -> Vectors:
    """Return a unit vector near another: float32, the same shape."""
    step = noise.standard_normal(vector.shape, np.float32)
    moved: Vectors = vector + _NOISE * step / np.linalg.norm(step)
    return (moved / np.linalg.norm(moved)).astype(np.float32)


def document(id_: str, product: Product, fingerprint: str) -> Json:
    """Return what the worker would have stored."""
    state: Json = {
        "id": id_,
        "versions": {"product": 1},
        "deleted": False,
        "model": fingerprint,
        "state": "embedded",
    }
    if product.vectors:
        state["sketch"] = sketch(list(product.vectors.values()))
    return {**product.fields, **product.vectors, STATE: state}


def write(client: OpenSearch, index: str, stored: Iterator[Json], count: int) -> None:
    """Write documents in bulk, then merge the index into one segment."""
    client.indices.put_settings(index=index, body={"index.refresh_interval": "-1"})
    begin, done = time.monotonic(), 0
    while chunk := list(islice(stored, _BULK)):
        lines = b"".join(
            b'{"index":{"_id":"%s"}}\n%s\n'
            % (one[STATE]["id"].encode(), orjson.dumps(one, option=orjson.OPT_SERIALIZE_NUMPY))
            for one in chunk
        )
        answer = client.bulk(body=lines, index=index, params=_PARAMS)
        if answer["errors"]:
            raise SystemExit(f"{index} refused documents near number {done}")
        done += len(chunk)
        if done % (20 * _BULK) == 0 or done == count:
            print(f"{done:,} of {count:,} products, {time.monotonic() - begin:,.0f} s", flush=True)
    print("merging into one segment", flush=True)
    patient = {"request_timeout": _MERGING_S}
    client.indices.refresh(index=index, params=patient)
    client.indices.forcemerge(index=index, params={**patient, "max_num_segments": "1"})
    client.indices.put_settings(index=index, body={"index.refresh_interval": "1s"})
    client.indices.refresh(index=index)
    print(f"{index}: {count:,} products, {time.monotonic() - begin:,.0f} s", flush=True)


def make(settings: Settings, to: OpenSearch, name: str, count: int, of: Sequence[str]) -> None:
    """Read the real products, then make the index and fill it."""
    client = cluster.connect(settings.opensearch)
    catalogues = [open_index(client, alias).catalogue for alias in of]
    real = [
        product
        for alias, catalogue in zip(of, catalogues, strict=True)
        for product in products(client, alias, catalogue)
    ]
    print(f"{len(real):,} real products of {', '.join(of)}", flush=True)
    catalogue = merged(name, catalogues)
    contract = contract_of(catalogue)
    apply(to, catalogue, contract)
    stored = (
        document(str(number), one, contract.fingerprint)
        for number, one in enumerate(grown(real, catalogue.title, count, random.Random(_SEED)))
    )
    write(to, open_index(to, name).physical, stored, count)


def remove(client: OpenSearch, name: str) -> None:
    """Drop the index behind an alias, and its template."""
    client.indices.delete(index=open_index(client, name).physical)
    client.indices.delete_index_template(name=name)


def main() -> None:
    """Make or remove one catalogue."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    removing = commands.add_parser("remove")
    for command in (making, removing):
        command.add_argument("name", help="of the catalogue, its index and its template")
        command.add_argument("--to", help="cluster to write to  [default: the one of the settings]")
    making.add_argument("products", type=int)
    making.add_argument("--of", nargs="+", required=True, help="live catalogues to start from")
    given = parser.parse_args()
    settings = load()
    where = {"url": given.to} if given.to else {}
    client = cluster.connect(settings.opensearch.model_copy(update=where))
    if given.command == "make":
        make(settings, client, given.name, given.products, given.of)
    else:
        remove(client, given.name)


if __name__ == "__main__":
    main()
