"""OpenSearch's own hybrid query: min-max over what each leg returns, then a weighted mean.

https://docs.opensearch.org/latest/search-plugins/search-pipelines/normalization-processor/
"""

from collections.abc import Sequence

from query.legs import Json


def hybrid(legs: Sequence[Json], weights: Sequence[float], depth: int) -> Json:
    """Return the parts of a search body that make it a native hybrid search.

    The pipeline travels with the request, so nothing has to be installed in the cluster.

    Args:
        legs: query of each leg, at most five.
        weights: of the legs, adding up to 1.
        depth: hits of each leg that are normalised together.
    """
    processor = {
        "normalization": {"technique": "min_max"},
        "combination": {
            "technique": "arithmetic_mean",
            "parameters": {"weights": list(weights)},
        },
    }
    return {
        "query": {"hybrid": {"queries": list(legs), "pagination_depth": depth}},
        "search_pipeline": {"phase_results_processors": [{"normalization-processor": processor}]},
    }
