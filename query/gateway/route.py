"""Which calls only read: a list, for what is not on it may write in a version yet to come.

Names and verbs: https://docs.opensearch.org/latest/api-reference/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, unquote_to_bytes

from query.gateway.refuse import forbidden, malformed

# What is below it is the gateway's own; everything else is the cluster's.
OWN = "/_connector/"

_GET = frozenset({"GET", "HEAD"})
_ASK = frozenset({"GET", "HEAD", "POST"})
_VERBS = frozenset({"OPTIONS"})

_INDEX = r"(?:[^/_][^/]*|_all)"
_READS: tuple[tuple[frozenset[str], str], ...] = (
    (_GET, ""),
    (_ASK, rf"(?:{_INDEX}/)?_(?:search|msearch|search/template|msearch/template|count)"),
    (_ASK, rf"(?:{_INDEX}/)?_(?:validate/query|field_caps|mget|mtermvectors|search_shards)"),
    (_ASK, rf"(?:{_INDEX}/)?_(?:analyze|rank_eval|render/template)"),
    (_ASK, rf"_render/template/[^/]+|{_INDEX}/_explain/[^/]+|{_INDEX}/_termvectors(?:/[^/]+)?"),
    (_GET, rf"{_INDEX}/_(?:doc|source)/[^/]+"),
    (_GET | {"POST", "DELETE"}, r"_search/scroll(?:/(?!_all$)[^/]+)?"),
    (frozenset({"POST"}), rf"{_INDEX}/_search/point_in_time"),
    (frozenset({"DELETE"}), r"_search/point_in_time"),
    (_GET, r"_cat(?:/.*)?|_cluster/(?:health|stats|state)(?:/.*)?|_nodes(?:/.*)?"),
    (_GET, r"_cluster/(?:settings|pending_tasks)|_tasks(?:/[^/]+)?|_remote/info|_list(?:/.*)?"),
    (_ASK, r"_cluster/allocation/explain|_index_template/_simulate(?:_index)?(?:/[^/]+)?"),
    (_GET, r"_data_stream(?:/[^/]+)?(?:/_stats)?"),
    (_GET, r"_(?:index_template|component_template|template)(?:/[^/]+)?|_scripts/[^/]+"),
    (_GET, r"_(?:ingest|search)/pipeline(?:/[^/]+)?|_script_(?:context|language)"),
    (_GET, rf"{_INDEX}|_resolve/index/[^/]+"),
    (_GET, rf"(?:{_INDEX}/)?_(?:mappings?|alias|aliases|settings|stats)(?:/.*)?"),
    (_GET, rf"(?:{_INDEX}/)?_(?:segments|recovery|shard_stores)"),
    # Asks which verbs an address has.
    (_VERBS, r".*"),
)
# One pattern for each verb: most requests are asked about once.
_PATTERNS = {
    verb: re.compile("|".join(f"(?:{pattern})" for verbs, pattern in _READS if verb in verbs))
    for verb in frozenset[str]().union(*(verbs for verbs, _ in _READS))
}
# Below these stands an id, which may hold a slash.
_IDS = ("_create", "_doc", "_explain", "_source", "_termvectors", "_update")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
# An expression such as <logs-{now/d}> may hold a slash.
_DATED = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Call:
    """One request's line.

    Attributes:
        method: in capitals.
        target: path and query string as the client wrote them.
        path: decoded, without the first slash.
        reads: whether it is on the list.
    """

    method: str
    target: bytes
    path: str
    reads: bool

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The query string's; the cluster takes a semicolon for a separator too."""
        query = self.target.partition(b"?")[2].replace(b";", b"&").decode("latin-1")
        return dict(parse_qsl(query, keep_blank_values=True))

    @property
    def verb(self) -> str:
        """The call's name in metrics: its part after the index, `_search` and the like.

        Only a name that is on the list: who may make up names could make up any number of them.
        """
        if not self.reads or self.method == "OPTIONS":
            return "other"
        parts = [part for part in self.path.split("/") if part.startswith("_") and part != "_all"]
        return parts[0] if parts else "other"


def read(method: str, raw_path: bytes, query: bytes) -> Call:
    """Read a request line.

    Args:
        method: of HTTP.
        raw_path: as it was sent.
        query: what follows the question mark.

    Raises:
        Refused: 400, a path that two readers could take for two different ones.
    """
    if not raw_path.startswith(b"/"):
        raise malformed("the request's target must be a path that begins with '/'")
    parts = raw_path[1:].rstrip(b"/").split(b"/")
    segments = [_segment(part, before) for before, part in zip([b"", *parts], parts, strict=False)]
    path = "/".join(segments)
    if any(not segment for segment in segments[:-1]) or (path and not segments[-1]):
        raise malformed("the path has an empty part")
    reads = method in _PATTERNS and bool(_PATTERNS[method].fullmatch(path))
    target = raw_path + (b"?" + query if query else b"")
    return Call(method, target, path, reads)


def require_read(call: Call) -> None:
    """Refuse what may write.

    Raises:
        Refused: 403.
    """
    if not call.reads:
        raise forbidden(
            "this call is not among those that only read; send it to the cluster itself, "
            "or set gateway.allow"
        )


def _segment(raw: bytes, before: bytes) -> str:
    """Return a part of the path, decoded; a slash that separates nothing is another sign in it."""
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise malformed("the path is not UTF-8") from None
    if _CONTROL.search(text) or not {".", ".."}.isdisjoint(text.split("/")):
        raise malformed("the path has a part that is no name")
    if "/" in _DATED.sub("", text) and before.decode("latin-1") not in _IDS:
        raise malformed("the path has an encoded '/'")
    return text.replace("/", "|")
