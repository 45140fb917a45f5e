"""One search on its way through the gateway: as it came in, and as it can be ranked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from connector.settings import GatewayMode
from query.experiments.experiment import Variant
from query.gateway.indices import Opened
from query.gateway.recognise.recognised import Recognised
from query.weights.model import Model

Json = dict[str, Any]


@dataclass(frozen=True)
class Search:
    """One search that came in.

    Attributes:
        index: as its address names it.
        body: without what was said to the gateway.
        parameters: of the address.
        headers: that go on to the cluster.
        mode: that the request chose; None where it did not.
        begun: when it came in, seconds, monotonic.
    """

    index: str
    body: Json
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    mode: GatewayMode | None
    begun: float


@dataclass(frozen=True)
class Job:
    """A search that can be ranked, on its index.

    Attributes:
        search: as it came in.
        opened: its index.
        asked: what it asks for.
        fallen: why a canary's index did not answer it; empty where none was asked.
        variant: of an experiment; without weights those in force.
    """

    search: Search
    opened: Opened
    asked: Recognised
    fallen: str = ""
    variant: Variant = field(default_factory=Variant)

    @property
    def role(self) -> Literal["live", "canary"]:
        """Whether its index is the alias's, or the one that is to take its place."""
        return "canary" if self.search.index == self.opened.live.physical else "live"

    @property
    def weights(self) -> Model:
        """Weights that it is ranked by."""
        return self.variant.weights or self.opened.weights
