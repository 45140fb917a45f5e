import pytest
from plugins.ingest_shop import Shop

pytestmark = pytest.mark.server


def test_a_text_in_which_the_model_sees_nothing_is_no_failure(shop: Shop) -> None:
    """Its product is written and found by its fields; it has no vector and is not tried again."""
    shop.send(
        ("1", {"id": 1, "v": 1, "title": "\u200b\u200d", "stock": 3}),
        ("2", {"id": 2, "v": 1, "title": "shoe"}),
    )
    summary = shop.ingest()
    documents = shop.documents()
    assert (summary["failed"], summary["mended"], summary["dead_letters"]) == (0, 0, 0)
    assert documents["1"]["connector"]["state"] == "embedded"
    assert not {"title_vector", "body_vector"} & documents["1"].keys()
    assert {"title_vector", "body_vector"} <= documents["2"].keys()
    assert shop.ingest(from_beginning=True)["stale"] == 2
