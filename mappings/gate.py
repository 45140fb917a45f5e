"""Gates: what has to hold of a new index before searches are sent to it. Packages bring more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from opensearchpy import OpenSearch

from connector.cluster import faults
from connector.errors import UsageError
from connector.settings import Settings
from mappings.contract import contract_of, require_same
from mappings.index import ALIVE
from mappings.live import LiveIndex

if TYPE_CHECKING:
    from connector.encoder import Encoder
    from connector.model import ModelIdentity

GROUP = "connector.gates"

Json = dict[str, Any]


@dataclass(frozen=True)
class Crossing:
    """Two indices of one catalogue, and what a gate may ask of them.

    Both are fed while gates look: what one reads now, the other may have in a moment. A gate reads
    only, and asks the physical indices; the alias still leads to the old one.

    Attributes:
        client: OpenSearch.
        settings: of this run.
        old: the index that searches reach now.
        new: the index that they are to reach.
        source: what the new one was filled from: the old index, or the topics from their start.
        queries: file of golden queries, tab-separated; None where nobody has any.
        qrels: file of their judgments; None likewise.
        sample: products, or queries, that a gate draws where it cannot look at all of them.
        seed: of the draw.
    """

    client: OpenSearch
    settings: Settings
    old: LiveIndex
    new: LiveIndex
    source: Literal["index", "log"] = "index"
    queries: Path | None = None
    qrels: Path | None = None
    sample: int = 200
    seed: int = 20

    def draw(
        self, live: LiveIndex, *conditions: Json, source: Json | list[str] | None = None
    ) -> list[Json]:
        """Return hits of up to `sample` products that searches find, the same as long as all stay.

        Args:
            live: one of the two indices, refreshed.
            conditions: that products meet.
            source: what is read of each, as `_source` says it; all of it when left out.

        Raises:
            ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
        """
        random = {"seed": self.seed, "field": "_seq_no"}
        query = {"bool": {"filter": [ALIVE, *conditions]}}
        body = {
            "size": self.sample,
            "_source": True if source is None else source,
            "query": {"function_score": {"query": query, "random_score": random}},
        }
        with faults(f"sampling {live.physical!r}"):
            answer = self.client.search(index=live.physical, body=body)
        hits: list[Json] = answer["hits"]["hits"]
        return hits

    @property
    def encoder(self) -> "Encoder":
        """The new index's model; errors as `encoder_of`."""
        return self.encoder_of(self.new)

    def encoder_of(self, live: LiveIndex) -> "Encoder":
        """Return the model of one of the two, loaded once for all gates and for both if it is one.

        Raises:
            ModelMismatchError: the model here is not the one the index was built with.
            EncoderError: it cannot be found or loaded.
        """
        from connector.encoder import Encoder

        contract = contract_of(live.catalogue)
        require_same(contract, live.model, live.physical)
        identity = contract.identity
        if identity not in self._loaded:
            self._loaded[identity] = Encoder.load(identity, self.settings.encoder)
        return self._loaded[identity]

    @cached_property
    def _loaded(self) -> "dict[ModelIdentity, Encoder]":
        return {}


@dataclass(frozen=True)
class Verdict:
    """What a gate says.

    Attributes:
        gate: its name.
        passed: whether the switch may happen as far as this gate is concerned.
        figures: what it measured, numbers and short words, in the order they are shown.
        reason: one sentence: what was compared and found; where it did not pass also what was
            expected and what to do.
    """

    gate: str
    passed: bool
    figures: Mapping[str, float | str] = field(default_factory=dict)
    reason: str = ""


# Looks at a crossing. Where it cannot look it raises: a RetryLaterError where trying again helps.
Gate = Callable[[Crossing], Verdict]


def gates() -> dict[str, Gate]:
    """Return all that are installed, by name, in alphabetical order.

    Raises:
        UsageError: one of them cannot be loaded, or is nothing that could be called.
    """
    found: dict[str, Gate] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            gate = entry.load()
        except (ImportError, AttributeError) as error:
            raise UsageError(
                f"gate {entry.name!r} is {entry.value}, which cannot be loaded: {error}; install "
                "what it needs, or remove the package that brings it"
            ) from None
        if not callable(gate):
            raise UsageError(
                f"gate {entry.name!r} is {entry.value}, a {type(gate).__name__}; expected a "
                "function of a mappings.gate.Crossing"
            )
        found[entry.name] = gate
    return found
