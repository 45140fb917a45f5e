"""Experiments are kept in the cluster: one document each, and one running per catalogue."""

from datetime import datetime
from typing import Any

import orjson
from opensearchpy import ConflictError, NotFoundError, OpenSearch

from connector.errors import RefusedError, UsageError
from query.experiments.decide import Verdict
from query.experiments.experiment import Decision, Experiment

INDEX = "connector-experiments"
_MOST = 500
_MAPPING = {
    "dynamic": False,
    "properties": {
        **{name: {"type": "keyword"} for name in ("name", "catalogue", "kind", "decision")},
        "started": {"type": "date"},
        "stopped": {"type": "date"},
    },
}


def start(client: OpenSearch, experiment: Experiment) -> None:
    """Keep a new experiment; from now on shoppers meet it.

    Raises:
        RefusedError: its name is taken, or its catalogue has one that runs.
    """
    if not client.indices.exists(index=INDEX):
        body = {"settings": {"auto_expand_replicas": "0-1"}, "mappings": _MAPPING}
        client.indices.create(index=INDEX, body=body, params={"ignore": "400"})
    other = running(client, experiment.catalogue)
    if other:
        raise RefusedError(
            f"experiment {other.name!r} runs on {other.catalogue!r}; a shopper can be in one at a "
            f"time: `connector experiment stop {other.name}` first"
        )
    try:
        client.create(
            index=INDEX,
            id=experiment.name,
            body=experiment.model_dump(mode="json"),
            params={"refresh": "true"},
        )
    except ConflictError:
        raise RefusedError(
            f"an experiment {experiment.name!r} was there before; who sees what depends on the name, "
            "so choose another"
        ) from None


def running(client: OpenSearch, catalogue: str) -> Experiment | None:
    """Return the experiment that runs on a catalogue, or None."""
    still = {"bool": {"must_not": [{"exists": {"field": "stopped"}}]}}
    on = [{"term": {"catalogue": catalogue}}, still]
    found = _search(client, {"bool": {"filter": on}})
    return found[0] if found else None


def read(client: OpenSearch, name: str) -> Experiment:
    """Return an experiment.

    Raises:
        UsageError: there is none of that name.
    """
    try:
        found = client.get(index=INDEX, id=name)
    except (NotFoundError, ValueError):  # the client sends no name that is empty
        raise UsageError(
            f"no experiment {name!r}; `connector experiment status` lists those there are"
        ) from None
    return _parsed(found)


def every(client: OpenSearch) -> list[Experiment]:
    """Return all experiments, the newest first."""
    return _search(client, {"match_all": {}})


def stop(
    client: OpenSearch, experiment: Experiment, decision: Decision, verdict: Verdict, now: datetime
) -> Experiment:
    """End an experiment; from now on everybody sees what is in force. Ending it again changes nothing."""
    if experiment.stopped:
        return experiment
    changes = {"stopped": now, "decision": decision, "report": verdict.as_json()}
    ended = experiment.model_copy(update=changes)
    client.index(
        index=INDEX,
        id=experiment.name,
        body=ended.model_dump(mode="json"),
        params={"refresh": "true"},
    )
    return ended


def _search(client: OpenSearch, query: dict[str, object]) -> list[Experiment]:
    body = {"size": _MOST, "query": query, "sort": [{"started": "desc"}]}
    params = {"ignore_unavailable": "true"}
    hits = client.search(index=INDEX, body=body, params=params)["hits"]["hits"]
    return [_parsed(hit) for hit in hits]


def _parsed(hit: dict[str, Any]) -> Experiment:
    # Weights are strict, and strict reading knows JSON's lists for tuples only in JSON.
    return Experiment.model_validate_json(orjson.dumps(hit["_source"]))
