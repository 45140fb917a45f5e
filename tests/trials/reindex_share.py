"""One Celery worker, then two at two network addresses, carry the same reindex.

`python -m trials.reindex_share [--products N] [--seconds PER_TEXT]`, by root.

The model's time is simulated: two cores cannot show how two accelerators share a run, so that each
text costs its worker a sleep.
"""

import argparse
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kit.hands import await_true, hands
from kit.machines import Machine, machines
from kit.stage import stage
from kit.trial import show
from plugins.crossing import put
from plugins.reindex_shop import Move, Silent
from plugins.tiny_model import build

from connector.settings import Settings
from ingest.reindex import decide
from ingest.reindex.drive import drive
from ingest.reindex.ledger import INDEX
from ingest.reindex.run import Run, State
from mappings.gate import Crossing
from mappings.live import open_index


def trial(
    products: int, seconds: float, admin: Settings, model: Path, folder: Path
) -> dict[str, Any]:
    """Time a run from its slices to the last of them, for each number of workers."""
    (folder / "other").mkdir()
    other = build(folder / "other", seed=8)
    with (
        stage(admin, model, folder) as place,
        machines(2, place.shop.settings) as homes,
        hands(place.shop.settings, folder) as crew,
    ):
        shop, move = place.shop, Move(place.shop)
        sizes = shop.settings.reindex.model_copy(update={"slice_documents": 20})
        shop.settings = shop.settings.model_copy(update={"reindex": sizes})
        live = open_index(shop.client, shop.catalogue.name)
        side = Crossing(shop.client, shop.settings, live, live)
        put(side, live, {f"p{n}": {"title": f"lamp {n}"} for n in range(products)}, 1)
        took, carried = {}, {}
        for workers, home in enumerate(homes, 1):
            crew.hire("embed", seconds=seconds, machine=home)
            await_true(lambda workers=workers: crew.ready == workers, 180)
            run = move.plan(move.changed(model={"name": str(other)}), workers="celery")
            drive(shop.settings, run.id, threading.Event(), Silent(), State.BACKFILLING)
            begin = time.monotonic()
            drive(shop.settings, run.id, threading.Event(), Silent(), State.FOLLOWING)
            took[workers] = time.monotonic() - begin
            carried[workers] = _carried(move, run, homes)
            decide.abort(shop.settings, shop.client, move.ledger, move.ledger.run(run.id))
    return {
        "products": products,
        "took": {str(workers): round(each, 2) for workers, each in took.items()},
        "carried": {str(workers): each for workers, each in carried.items()},
        "ratio": round(took[2] / took[1], 3),
    }


def _carried(move: Move, run: Run, homes: Sequence[Machine]) -> dict[str, int]:
    """Return how many slices were carried at each network address."""
    body = {"size": 1_000, "query": {"term": {"run": run.id}}, "_source": ["owner"]}
    move.shop.client.indices.refresh(index=INDEX)
    hits = move.shop.client.search(index=INDEX, body=body)["hits"]["hits"]
    owners = [hit["_source"]["owner"] for hit in hits]
    return {home.address: sum(home.name in owner for owner in owners) for home in homes}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=0.5)
    asked = parser.parse_args()
    show(lambda *more: trial(asked.products, asked.seconds, *more))
