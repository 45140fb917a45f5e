"""What a search's address says: where it runs, what is shown, and what counts before its body.

Parameters: https://docs.opensearch.org/latest/api-reference/search-apis/search/
"""

from collections.abc import Mapping

from query.gateway.recognise.order import key
from query.gateway.recognise.reasons import Reason, UnreadError
from query.gateway.recognise.texts import Json

# Where a search runs, and how: the same for each search that is sent in its place.
WHERE = frozenset(
    [
        "preference",
        "routing",
        "search_type",
        "ignore_unavailable",
        "allow_no_indices",
        "expand_wildcards",
        "ignore_throttled",
        "allow_partial_search_results",
        "max_concurrent_shard_requests",
        "pre_filter_shard_size",
        "batched_reduce_size",
        "cancel_after_time_interval",
        "ccs_minimize_roundtrips",
        "request_cache",
    ]
)
# What of each hit is shown.
SHOWN = frozenset(
    [
        "_source",
        "_source_includes",
        "_source_excludes",
        "stored_fields",
        "docvalue_fields",
        "version",
        "seq_no_primary_term",
        "track_scores",
        "include_named_queries_score",
        "stats",
    ]
)
_IN_BODY = frozenset(["from", "size", "explain", "track_total_hits", "sort", "timeout"])
_FORM = frozenset(["pretty", "human", "error_trace", "typed_keys", "rest_total_hits_as_int"])
_KNOWN = WHERE | SHOWN | _IN_BODY | _FORM | {"filter_path", "format"}
_ON = ("", "true")
_SWITCH = {**dict.fromkeys(_ON, True), "false": False}


def require_known(parameters: Mapping[str, str]) -> None:
    """Refuse a parameter, or a form of the answer, that no other ranking keeps.

    Raises:
        UnreadError: `parameter`.
    """
    known = _KNOWN.issuperset(parameters) and parameters.get("format", "json") == "json"
    if not known or any(parameters[name] not in _SWITCH for name in _FORM & parameters.keys()):
        raise UnreadError(Reason.PARAMETER)


def moved(parameters: Mapping[str, str]) -> Json:
    """Return what the address says of the body; it has the last word, as in the cluster.

    Raises:
        UnreadError: `parameter`.
    """
    found: Json = {}
    for name in _IN_BODY & set(parameters):
        text = parameters[name]
        if name == "timeout":
            found[name] = text
        elif name == "sort":
            found[name] = [dict([key(each)]) for each in text.split(",")]
        elif text.isascii() and text.isdigit():
            found[name] = int(text)
        elif name in {"explain", "track_total_hits"} and text in _SWITCH:
            found[name] = _SWITCH[text]
        else:
            raise UnreadError(Reason.PARAMETER)
    return found


def number_total(parameters: Mapping[str, str]) -> bool:
    """Return whether the total is written as a number, as it was before OpenSearch."""
    return parameters.get("rest_total_hits_as_int") in _ON
