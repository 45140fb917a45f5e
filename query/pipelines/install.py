"""Writing pipelines and template into the cluster where they differ, and taking them out again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch

from connector.cluster import faults
from mappings.catalogue import Catalogue
from query.pipelines.shares import Shares
from query.pipelines.template import leg_weights, legs, source

Json = dict[str, Any]

_RANK_CONSTANT = 60
# https://github.com/opensearch-project/neural-search/pull/1322
_WEIGHED_SINCE = (3, 1)


@dataclass(frozen=True)
class Resource:
    """One thing that stands in the cluster.

    Attributes:
        kind: as a person calls it.
        path: where the cluster keeps it.
        body: what is written there.
    """

    kind: str
    path: str
    body: Json

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def resources(
    catalogue: Catalogue,
    shares: Shares,
    depth: int,
    version: str,
    model_id: str | None = None,
) -> tuple[Resource, ...]:
    """Return the pipelines and the templates of a catalogue.

    Args:
        catalogue: of the index; its name begins each name.
        shares: of the legs.
        depth: products of each leg that are ranked together.
        version: of the cluster.
        model_id: of a model in the cluster that embeds the text; None takes vectors from the client.
    """
    weights = leg_weights(catalogue, shares)
    ranking = {"hybrid": normalised(weights), "rrf": by_rank(weights, version)}
    found = legs(catalogue, shares, depth, model_id)
    made = []
    for kind, pipeline in ranking.items():
        name = f"{catalogue.name}-{kind}"
        text = source(catalogue, found, depth, pipeline, embeds=bool(model_id))
        script = {"script": {"lang": "mustache", "source": text}}
        made += [
            Resource("search pipeline", f"/_search/pipeline/{name}", pipeline),
            Resource("search template", f"/_scripts/{name}", script),
        ]
    return tuple(made)


def normalised(weights: Sequence[float]) -> Json:
    """Return the pipeline that puts each leg's scores between 0 and 1, and adds them by weight."""
    combination = {"technique": "arithmetic_mean", "parameters": {"weights": list(weights)}}
    return _pipeline(
        "normalization-processor",
        {"normalization": {"technique": "min_max"}, "combination": combination},
    )


def by_rank(weights: Sequence[float], version: str) -> Json:
    """Return the pipeline of reciprocal rank fusion, weighted where the cluster can do that."""
    ranks: Json = {"technique": "rrf", "rank_constant": _RANK_CONSTANT}
    if tuple(map(int, version.split(".")[:2])) >= _WEIGHED_SINCE:
        ranks["parameters"] = {"weights": list(weights)}
    return _pipeline("score-ranker-processor", {"combination": ranks})


def _pipeline(processor: str, body: Json) -> Json:
    return {"phase_results_processors": [{processor: body}]}


def apply(client: OpenSearch, wanted: Sequence[Resource]) -> list[str]:
    """Write what differs, once all of it could be read: who lacks rights leaves nothing half done.

    Returns:
        What was done, a line each; empty when there was nothing to do.

    Raises:
        ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
    """
    differing = [one for one in wanted if _live(client, one) != one.body]
    for one in differing:
        with faults(f"writing the {one.kind} {one.name!r}"):
            client.transport.perform_request("PUT", one.path, body=one.body)
    return [f"wrote the {one.kind} {one.name!r}" for one in differing]


def remove(client: OpenSearch, wanted: Sequence[Resource]) -> list[str]:
    """Take out what is there; errors and return as `apply`."""
    done = []
    for one in wanted:
        with faults(f"removing the {one.kind} {one.name!r}"):
            answer = _asked(client, "DELETE", one)
        if answer.get("acknowledged"):
            done.append(f"removed the {one.kind} {one.name!r}")
    return done


def _live(client: OpenSearch, one: Resource) -> Json | None:
    """Return what stands in the cluster now; None where nothing does."""
    with faults(f"reading the {one.kind} {one.name!r}"):
        return _kept(_asked(client, "GET", one), one)


def _asked(client: OpenSearch, method: str, one: Resource) -> Json:
    answer: Json = client.transport.perform_request(method, one.path, params={"ignore": 404})
    return answer


def _kept(answer: Json, one: Resource) -> Json | None:
    """Return what stands in the cluster in the form in which it was written."""
    script = answer.get("script")
    if not script:
        found: Json | None = answer.get(one.name)
        return found
    return {"script": {key: script[key] for key in ("lang", "source")}}
