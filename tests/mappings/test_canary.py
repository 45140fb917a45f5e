from collections.abc import Callable

import pytest
from opensearchpy import OpenSearch

from mappings.apply import apply
from mappings.canary import LEASE_S, Canary, canary_of, mark, unmark
from mappings.catalogue import Catalogue
from mappings.compare import differences
from mappings.contract import ModelContract
from mappings.live import open_index

TEXTS = [f"query {number}" for number in range(4_000)]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_share_of_the_texts_is_taken(share: float) -> None:
    """About so many of many distinct ones, and the same ones whoever asks."""
    canary = Canary("shop-v2", share, 2.0)
    taken = [text for text in TEXTS if canary.takes(text, lambda: 1.0)]
    assert abs(len(taken) / len(TEXTS) - share) < 0.03
    assert all(Canary("shop-v3", share, 9.0).takes(text, lambda: 8.0) for text in taken)


def test_a_larger_share_takes_more_and_none_back() -> None:
    """Who saw the new ranking goes on to see it."""
    few, many = (Canary("shop-v2", share, 2.0) for share in (0.1, 0.3))
    first = {text for text in TEXTS if few.takes(text, lambda: 1.0)}
    assert first < {text for text in TEXTS if many.takes(text, lambda: 1.0)}


def test_a_mark_that_nobody_renews_lapses() -> None:
    """A killed command feeds no index: nobody is to be sent there."""
    canary = Canary("shop-v2", 1.0, 100.0)
    assert canary.takes("lamp", lambda: 99.0)
    assert not canary.takes("lamp", lambda: 100.0)


@pytest.mark.server
def test_a_mark_comes_and_goes_and_leaves_the_rest(
    client: OpenSearch, named: Callable[..., Catalogue], contract: ModelContract
) -> None:
    """What else an index says about itself stays as it is."""
    catalogue = named()
    apply(client, catalogue, contract)
    before = open_index(client, catalogue.name)
    assert canary_of(before) is None
    mark(client, before.physical, f"{catalogue.name}-v2", 0.25, lambda: 1_000.5)
    marked = open_index(client, catalogue.name)
    assert canary_of(marked) == Canary(f"{catalogue.name}-v2", 0.25, 1_000.5 + LEASE_S)
    assert marked.meta == before.meta
    assert differences(catalogue, contract, marked) == []
    unmark(client, before.physical)
    assert open_index(client, catalogue.name).mapping == before.mapping
