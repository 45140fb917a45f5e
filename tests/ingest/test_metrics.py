import pytest

from ingest.metrics import Metrics, refresh_s


@pytest.fixture
def metrics() -> Metrics:
    """Metrics of an index that is refreshed every second."""
    return Metrics(refresh_s=1.0, clock=lambda: 100.0)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """A sample, without the common prefix."""
    return metrics.registry.get_sample_value(f"connector_ingest_{name}", labels)


def test_a_record_is_searchable_after_its_write_and_a_refresh(metrics: Metrics) -> None:
    """The time runs from Kafka's timestamp until the next refresh is sure to have been."""
    metrics.written([98_000, 99_500])
    assert value(metrics, "searchable_seconds_count") == 2
    assert value(metrics, "searchable_seconds_sum") == pytest.approx(2 + 1 + 0.5 + 1)
    assert value(metrics, "searchable_seconds_bucket", le="2.5") == 1


def test_a_clock_that_runs_ahead_counts_as_no_wait(metrics: Metrics) -> None:
    """A producer's clock cannot make time negative."""
    metrics.written([105_000])
    assert value(metrics, "searchable_seconds_sum") == 1.0


def test_a_record_without_a_time_has_not_waited_since_1969(metrics: Metrics) -> None:
    """Kafka writes -1 where a producer gave none."""
    metrics.written([-1, 98_000])
    assert value(metrics, "searchable_seconds_count") == 1
    assert value(metrics, "searchable_seconds_sum") == pytest.approx(3.0)


def test_dead_letters_and_retries_are_counted_by_their_reasons(metrics: Metrics) -> None:
    """A dashboard tells a broken producer from a busy cluster."""
    metrics.parked("InvalidJson")
    metrics.parked("InvalidJson")
    metrics.parked("NullKey")
    metrics.retried("429 opensearch_rejected_execution_exception", 40)
    assert value(metrics, "dead_letters_total", error_class="InvalidJson") == 2
    assert value(metrics, "dead_letters_total", error_class="NullKey") == 1
    reason = "429 opensearch_rejected_execution_exception"
    assert value(metrics, "retries_total", reason=reason) == 40


def test_the_models_work_is_counted_in_tokens_and_seconds(metrics: Metrics) -> None:
    """Tokens per second, and the fill of its batches, are quotients of rates."""
    metrics.encoded(tokens=900, padded=1000, seconds=0.5)
    metrics.reused(3)
    found = {
        name: value(metrics, f"{name}_total")
        for name in (
            "encoder_tokens",
            "encoder_padded_tokens",
            "encoder_seconds",
            "text_cache_hits",
        )
    }
    assert found == {
        "encoder_tokens": 900,
        "encoder_padded_tokens": 1000,
        "encoder_seconds": 0.5,
        "text_cache_hits": 3,
    }


def test_two_workers_in_one_process_are_two_sets_of_counts() -> None:
    """Nothing is global."""
    one, other = Metrics(), Metrics()
    one.reused(1)
    assert value(other, "text_cache_hits_total") == 0


@pytest.mark.parametrize(
    ("interval", "seconds"), [("1s", 1.0), ("500ms", 0.5), ("2m", 120.0), ("-1", 0.0)]
)
def test_a_refresh_interval_is_read_in_seconds(interval: str, seconds: float) -> None:
    """As the catalogue writes it."""
    assert refresh_s(interval) == seconds
