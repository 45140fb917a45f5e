from dataclasses import replace

import pytest
from opensearchpy import OpenSearch

from mappings.live import LiveIndex
from query.gateway.rank.point import is_of

pytestmark = pytest.mark.server


@pytest.mark.parametrize("length", [10, 140])
def test_a_point_in_time_tells_its_index_however_long_the_name(
    client: OpenSearch, length: int
) -> None:
    """From 128 on, lengths and numbers of shards take two bytes."""
    physical = "point-" + length * "x"
    alias = f"{physical}-alias"
    settings = {"index.number_of_shards": "2", "index.number_of_replicas": "0"}
    aliases = {alias: {"filter": {"match_all": {}}}}
    client.indices.create(index=physical, body={"settings": settings, "aliases": aliases})
    try:
        found = client.indices.get_settings(index=physical, params={"flat_settings": "true"})
        pit = client.create_pit(index=alias, params={"keep_alive": "1m"})["pit_id"]
        client.delete_pit(body={"pit_id": [pit]})
    finally:
        client.indices.delete(index=physical)
    live = LiveIndex(alias, physical, {}, found[physical]["settings"], {})
    assert is_of(pit, live)
    assert not is_of(pit, replace(live, alias="another"))
    assert not is_of(pit, replace(live, physical="another"))
