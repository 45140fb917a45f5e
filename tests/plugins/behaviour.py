"""A shop that records what shoppers do: its settings, and indices of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from opensearchpy import OpenSearch

from connector.settings import BehaviourSettings
from query.experiments import store
from query.ubi.indices import Names, apply

KEY = "a secret of more than sixteen characters"


def settings_with(**changes: object) -> BehaviourSettings:
    """Return settings with a key and these changes."""
    return BehaviourSettings.model_validate({"key": KEY, **changes})


@contextmanager
def recording(client: OpenSearch, **changes: object) -> Iterator[BehaviourSettings]:
    """Yield settings whose indices are there for as long as the block lasts."""
    settings = settings_with(**changes)
    try:
        apply(client, settings)
        yield settings
    finally:
        for alias in vars(Names.of(settings)).values():
            client.indices.delete(index=f"{alias}-*")
            client.indices.delete_index_template(name=alias)


def forget_experiments(client: OpenSearch, catalogue: str) -> None:
    """Delete all experiments of a catalogue."""
    query = {"term": {"catalogue": catalogue}}
    client.delete_by_query(index=store.INDEX, body={"query": query}, params={"refresh": "true"})
