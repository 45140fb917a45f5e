import pytest
from plugins.query_shop import Shop

from query.search import Searcher

pytestmark = pytest.mark.server


def test_searchers_of_one_process_share_a_model(shop: Shop) -> None:
    """Whoever they search for; with other settings it is another."""
    with Searcher.open(shop.alias, shop.settings) as one:
        with Searcher.open(shop.alias, shop.settings) as other:
            model = one.reader.encoder.load()
            assert other.reader.encoder.load() is model
        threads = shop.settings.encoder.model_copy(update={"query_threads": 2})
        settings = shop.settings.model_copy(update={"encoder": threads})
        with Searcher.open(shop.alias, settings) as different:
            assert different.reader.encoder.load() is not model
