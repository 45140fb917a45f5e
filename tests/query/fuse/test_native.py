from query.fuse.native import hybrid


def test_the_pipeline_travels_with_the_request() -> None:
    """Min-max over as many hits of each leg as are asked for, then the weighted mean."""
    words, all_ = {"match": {"title": "lamp"}}, {"match_all": {"boost": 1.0}}
    body = hybrid([words, all_], (0.4, 0.6), 200)
    assert body["query"] == {"hybrid": {"queries": [words, all_], "pagination_depth": 200}}
    (step,) = body["search_pipeline"]["phase_results_processors"]
    processor = step["normalization-processor"]
    assert processor["normalization"] == {"technique": "min_max"}
    assert processor["combination"]["parameters"] == {"weights": [0.4, 0.6]}
