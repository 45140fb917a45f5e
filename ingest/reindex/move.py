"""Documents of the old index are written to the new one, with vectors copied or computed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.plan import Stored
from ingest.reindex.documents import Carried, Product
from ingest.reindex.passage import Passage
from ingest.text import hash_of
from ingest.vectors import Vector, vectors_of
from ingest.write.item import Result, Write
from ingest.write.outcome import Outcome


@dataclass
class Done:
    """What became of some documents.

    Attributes:
        counts: see `ingest.reindex.slices.COUNTS`.
        rejected: those that the new index refused, with the cluster's words.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[str] = field(default_factory=list)

    def note(self, write: Write, result: Result, vectors: str) -> None:
        """Count one write; `vectors` says where a product's are from: copied or embedded."""
        if result.outcome is Outcome.STALE:
            self.counts["stale"] += 1
        elif result.outcome is not Outcome.OK:
            self.counts["rejected"] += 1
            self.rejected.append(f"{write.change.id}: {result.reason}")
        else:
            self.counts["streams"] += 1
            if write.change.fields is None:
                self.counts["tombstones"] += 1
            elif write.state is not None:
                self.counts["failed" if write.state == "failed" else vectors] += 1


def move(passage: Passage, documents: Sequence[Carried]) -> Done:
    """Write documents; what is in the new index already, as new or newer, stays as it is.

    Raises:
        RetryLaterError, StopError: not all could be written.
    """
    done = Done(Counter(documents=len(documents)))
    products = _needed(passage, [each.product for each in documents if each.product], done)
    embedded = _embed(passage, products, done)
    writes = [_write(product, embedded) for product in products]
    vectors = ["embedded" if product.wanted else "copied" for product in products]
    for each in documents:
        writes += each.writes
    vectors += [""] * (len(writes) - len(products))
    results = passage.writer.write(writes)
    for write, result, where in zip(writes, results, vectors, strict=True):
        done.note(write, result, where)
    return done


def _needed(passage: Passage, products: Sequence[Product], done: Done) -> list[Product]:
    """Leave out products that would need the model and are in the new index already."""
    asked = [product.change.id for product in products if product.wanted]
    if not asked:
        return list(products)
    stored, planner = passage.stored(asked), passage.planner
    kept = [
        product
        for product in products
        if not product.wanted
        or planner.plan(product.change, stored.get(product.change.id, Stored()))
    ]
    done.counts["stale"] += len(products) - len(kept)
    return kept


def _embed(
    passage: Passage, products: Sequence[Product], done: Done
) -> Mapping[str, Vector | None]:
    """Return the vectors of the texts that the old index has none for."""
    texts = list(dict.fromkeys(text for product in products for text in product.wanted))
    if not texts:
        return {}
    with passage.model:
        embedded = passage.embedder.embed(passage.embedder.read(texts))
    done.counts["encoder_texts"] += embedded.texts
    return embedded.vectors


def _write(product: Product, embedded: Mapping[str, Vector | None]) -> Write:
    vectors = vectors_of(product.texts, {**embedded, **product.known})
    state = "failed" if vectors is None else "embedded"
    return Write(product.change, state, hash_of(product.texts), vectors)
