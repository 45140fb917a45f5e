"""A stage whose workers reach both servers through proxies; the judge keeps its own way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from kit.overload import Overload
from kit.proxy import Proxy, proxy
from kit.stage import Stage
from kit.wire import Http, Kafka


@dataclass
class Doors:
    """The two proxies, and what is counted of the bulks that pass.

    Attributes:
        opensearch: before OpenSearch.
        kafka: before Kafka.
        bulks: counts items; refuses some when it is told to.
    """

    opensearch: Proxy
    kafka: Proxy
    bulks: Overload


@contextmanager
def doors(place: Stage) -> Iterator[Doors]:
    """Open two doors, and send whoever is hired from now on through them."""
    settings = place.shop.settings
    address = urlsplit(settings.opensearch.url).netloc
    with proxy(address, Http()) as opensearch, proxy(place.bootstrap, Kafka()) as kafka:
        opened = Doors(opensearch, kafka, Overload())
        opensearch.faults.meddle = opened.bulks
        near = settings.opensearch.model_copy(update={"url": f"http://{opensearch.bootstrap}"})
        far = settings.kafka.model_copy(update={"bootstrap_servers": kafka.bootstrap})
        place.shop.settings = settings.model_copy(update={"opensearch": near, "kafka": far})
        yield opened
        place.shop.settings = settings
