"""What the indices of behaviour hold of an experiment, and what follows from it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from query.clicks.stored import ACTIONS, scan
from query.experiments import store
from query.experiments.decide import Verdict, decide
from query.experiments.experiment import Experiment
from query.experiments.outcomes import Look, outcomes
from query.ubi.indices import Names

Json = dict[str, Any]

_SHOWN = (
    "query_id",
    "client_id",
    "timestamp",
    "query_response_hit_ids",
    *(f"query_attributes.{name}" for name in ("user_id", "session_id", "variant", "teams")),
    *(f"query_attributes.{name}" for name in ("total", "took_ms")),
)
_DONE = ("query_id", "action_name", "event_attributes.object.object_id")


def judged(
    client: OpenSearch, names: Names, name: str, now: datetime
) -> tuple[Experiment, Verdict]:
    """Return an experiment and what its stop rule says, now or when it was stopped.

    Args:
        client: of the cluster.
        names: of the indices of behaviour.
        name: of the experiment.
        now: with its time zone.

    Raises:
        UsageError: there is none of that name.
    """
    experiment = store.read(client, name)
    at = experiment.stopped or now
    return experiment, decide(experiment, outcomes(looks(client, names, experiment), at), at)


def looks(client: OpenSearch, names: Names, experiment: Experiment) -> list[Look]:
    """Return the pages of an experiment with what was done to them, by time."""
    since = {"range": {"timestamp": {"gte": experiment.started.isoformat()}}}
    done: list[Json] = [since, {"terms": {"action_name": list(ACTIONS)}}]
    shown: list[Json] = [since, {"term": {"query_attributes.experiment": experiment.name}}]
    acts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for event in scan(client, names.events, done, _DONE):
        object_ = event.get("event_attributes", {}).get("object", {})
        acts[event.get("query_id", "")].append((event["action_name"], object_.get("object_id", "")))
    return list(_looks(scan(client, names.queries, shown, _SHOWN), acts))


def _looks(queries: Iterable[Json], acts: dict[str, list[tuple[str, str]]]) -> Iterator[Look]:
    for query in queries:
        ids, attributes = query["query_response_hit_ids"], query["query_attributes"]
        # A product that was not shown was not clicked here, whoever says so.
        mine = [(name, id_) for name, id_ in acts.get(query["query_id"], ()) if id_ in ids]
        clicked = {id_ for _, id_ in mine}
        unit = query.get("client_id") or attributes.get("user_id") or attributes.get("session_id")
        if unit:
            yield Look(
                unit=unit,
                at=datetime.fromisoformat(query["timestamp"]),
                variant=attributes.get("variant", ""),
                total=attributes["total"],
                took_ms=attributes["took_ms"],
                clicked=tuple(place for place, id_ in enumerate(ids) if id_ in clicked),
                carts=sum(name == "add_to_cart" for name, _ in mine),
                purchases=sum(name == "purchase" for name, _ in mine),
                teams=tuple(attributes.get("teams", ())),
            )
