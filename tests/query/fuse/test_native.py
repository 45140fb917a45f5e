from query.fuse.native import hybrid
from query.legs import Json


def test_the_pipeline_travels_with_the_request() -> None:
    """Min-max over as many hits of each leg as are asked for, then the weighted mean."""
    legs: list[Json] = [{"match": {"title": "lamp"}}, {"match_all": {}}]
    body = hybrid(legs, (0.4, 0.6), 200)
    assert body["query"] == {"hybrid": {"queries": legs, "pagination_depth": 200}}
    (step,) = body["search_pipeline"]["phase_results_processors"]
    processor = step["normalization-processor"]
    assert processor["normalization"] == {"technique": "min_max"}
    assert processor["combination"]["parameters"] == {"weights": [0.4, 0.6]}
