from contextlib import closing

import pytest
from opensearchpy import OpenSearch
from plugins.users import require_users

from connector import cluster
from connector.local.plan import Addresses
from connector.settings import Settings
from ingest.reindex.throttle.decide import Seen
from ingest.reindex.throttle.watch import GROUP, Watch, fullness

DISK = {"total_in_bytes": 1000 * 2**30, "available_in_bytes": 100 * 2**30}


def test_a_real_cluster_is_read(client: OpenSearch, catalogue_name: str) -> None:
    """Searches of the run itself are left out, whoever else searches is counted."""
    index = f"{catalogue_name}-v1"
    client.indices.create(index=index)
    client.index(index=index, body={"a": 1}, params={"refresh": "true"})
    carried = [0]
    seconds = [0.0]
    watch = Watch(client, index, lambda: carried[0], lambda: seconds[0])
    for _ in range(5):
        client.search(index=index, body={"stats": [GROUP]})
    carried[0], seconds[0] = 500, 2.0
    seen = watch.look()
    assert (seen.rejected, seen.search_ms, seen.carried) == (0, None, 250.0)
    assert 0 < seen.heap < 1
    assert seen.disk > 0
    client.search(index=index, body={"query": {"match_all": {}}})
    seconds[0] = 4.0
    assert watch.look().search_ms is not None


def test_a_reindexer_sees_all_of_it(
    reindexer: Settings,
    client: OpenSearch,
    catalogue_name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With the shipped role's rights and no more."""
    index = f"{catalogue_name}-v1"
    client.indices.create(index=index)
    with closing(cluster.connect(reindexer.opensearch)) as own:
        seen = Watch(own, index, lambda: 0).look()
    assert seen.heap > 0
    assert seen.disk > 0
    assert not caplog.records


def test_what_may_not_be_seen_is_said_and_not_watched(
    addresses: Addresses,
    writer: Settings,
    client: OpenSearch,
    catalogue_name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A user without the rights of monitoring carries all the same, at the pace of --rate."""
    require_users(addresses.opensearch)
    index = f"{catalogue_name}-v1"
    client.indices.create(index=index)
    with closing(cluster.connect(writer.opensearch)) as own:
        watch = Watch(own, index, lambda: 0)
        assert (watch.look(), watch.look().heap) == (Seen(), 0.0)
    said = [record.message for record in caplog.records]
    assert len(said) == 2
    assert "without regard to rejections, heaps and disks" in said[0]
    assert "without regard to the time of live searches" in said[1]


def test_what_is_usual_is_the_mean_before_the_run(client: OpenSearch, catalogue_name: str) -> None:
    """Of a hundred searches or more; fewer say nothing."""
    index = f"{catalogue_name}-v1"
    client.indices.create(index=index)
    assert Watch(client, index, lambda: 0).look().usual_ms is None
    client.msearch(index=index, body=[{}, {"query": {"match_all": {}}}] * 120)
    assert Watch(client, index, lambda: 0).look().usual_ms is not None


@pytest.mark.parametrize(
    ("watermark", "full"), [("90%", 1.0), ("0.9", 1.0), ("100gb", 1.0), ("95%", 900 / 950)]
)
def test_watermarks_are_shares_or_sizes(watermark: str, full: float) -> None:
    """As an operator may set them."""
    assert fullness(DISK, watermark) == pytest.approx(full)
