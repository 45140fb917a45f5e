from connector.settings import load
from ingest.fleet.run import _on


def test_every_worker_has_its_device_and_its_port() -> None:
    """The first answers where the setting says, the others on the ports after it."""
    settings = load(None, ("ingest.http=127.0.0.1:9464",))
    first, second = (_on(settings, f"cuda:{place}", place) for place in range(2))
    assert (first.encoder.device, first.ingest.http) == ("cuda:0", "127.0.0.1:9464")
    assert (second.encoder.device, second.ingest.http) == ("cuda:1", "127.0.0.1:9465")
    assert second.kafka == settings.kafka


def test_workers_without_a_port_stay_without() -> None:
    """Nothing listens that was not asked to."""
    assert _on(load(), "cpu", 1).ingest.http is None
