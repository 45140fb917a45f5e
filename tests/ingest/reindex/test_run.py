from plugins.ingest_shop import Shop
from plugins.reindex_shop import Move

from ingest.reindex.run import State


def test_a_mapping_change_gets_every_document_across_without_the_model(shop: Shop) -> None:
    """Products, tombstones and other streams' versions arrive; vectors are copied to the number."""
    move = Move(shop)
    shop.send(
        *((f"p{n}", {"id": f"p{n}", "title": f"lamp {n}", "body": "b", "v": n}) for n in range(30))
    )
    shop.ingest()
    run = move.plan(move.changed(language="standard"))
    done = move.go(run)
    assert done.state is State.SWITCHED
