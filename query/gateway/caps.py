"""What a body may ask: no scripts, and nothing larger than the settings say."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

import orjson

from connector.settings import GatewaySettings
from query.gateway.check import Body
from query.gateway.refuse import forbidden, malformed, too_large
from query.gateway.route import Call

Json = dict[str, Any]
# A value's key, the value, the key above, and how many aggregations stand around it.
Place = tuple[str, Any, str, int]

# Below these stand names of fields, which may be called anything.
_FIELDS = frozenset(
    [
        "match",
        "match_phrase",
        "match_phrase_prefix",
        "match_bool_prefix",
        "term",
        "terms",
        "prefix",
        "wildcard",
        "fuzzy",
        "regexp",
        "range",
        "intervals",
        "span_term",
        "fields",
    ]
)
_SCRIPTS = frozenset(
    [
        "script",
        "scripts",
        "script_fields",
        "script_score",
        "scripted_metric",
        "scripted_upsert",
        "bucket_script",
        "bucket_selector",
        "init_script",
        "map_script",
        "combine_script",
        "reduce_script",
        "minimum_should_match_script",
        "derived",
    ]
)
_AGGREGATIONS = ("aggs", "aggregations")
# What the cluster gave out comes back as long as it was: key above, and key.
_HANDLES = frozenset([("pit", "id"), ("", "pit_id"), ("", "scroll_id")])
_HELD = ("_search/scroll", "_search/point_in_time")
# Of an address, what is looked for.
_WORDS = frozenset(["q", "suggest_text"])
# As the cluster's standard analyzer cuts a text, about: an ideograph or kana is one by itself.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
# The cluster reads numbers that are written as texts, too.
_NUMBER = re.compile(r"\s*\+?\d{1,19}(?:\.0*)?\s*")


def require_allowed(call: Call, body: Body, limits: GatewaySettings) -> None:
    """Refuse scripts, templates written in the request, and what is too large.

    Raises:
        Refused: 403 or 400; the reason names the setting's cap.
    """
    if len(body.objects) > 2 * limits.searches:
        raise too_large(f"more than {limits.searches} searches in one request")
    for each in body.objects or [{}]:
        _require_own(call, each)
        _require_no_template(call, each)
        _require_modest(each, limits, scripts=False)
        _require_page({**each, **body.address}, limits)
    for name in _WORDS & body.address.keys():
        _require_short(body.address[name], limits)


def require_modest(made: Json, limits: GatewaySettings) -> None:
    """Refuse a search that a stored template makes, where it is too large.

    Its scripts are those of whoever stored it.

    Raises:
        Refused: 400; the reason names the setting's cap.
    """
    _require_modest(made, limits, scripts=True)
    _require_page(made, limits)


def _require_own(call: Call, body: Json) -> None:
    """Refuse to end what every client holds open, wherever it is named."""
    if call.path.startswith(_HELD):
        last = call.path.rpartition("/")[2]
        named = [*_listed(body.get("scroll_id")), *_listed(body.get("pit_id")), last]
        given = ",".join(map(str, [*named, call.parameters.get("scroll_id", "")]))
        if "_all" in map(str.strip, given.split(",")):
            raise forbidden("ending the scrolls, or the points in time, of every client")


def _require_no_template(call: Call, body: Json) -> None:
    """Refuse a template in the request: it makes a search that is not seen here."""
    named = "templates" if call.path.endswith("_rank_eval") else "source"
    takes = ("_search/template", "_msearch/template", "_rank_eval")
    if call.path.endswith(takes) and named in body:
        raise forbidden("a template in the request can hold scripts; store it and name its id")


def _require_modest(body: Json, limits: GatewaySettings, *, scripts: bool) -> None:
    clauses = 0
    for key, value, parent, depth in _walk(body):
        clauses += isinstance(value, dict)
        # Dashboards asks for no scripts with every search.
        if value and not scripts and _runs_code(key, parent, depth):
            raise forbidden(f"scripts are not run for clients; the body has {key!r}")
        if depth > limits.aggregation_depth:
            raise too_large(f"aggregations are nested more than {limits.aggregation_depth} deep")
        if key == "k" and _number(value) > limits.k:
            raise too_large(f"k is more than {limits.k}")
        if isinstance(value, str) and (parent, key) not in _HANDLES:
            _require_short(value, limits)
    if clauses > limits.clauses:
        raise too_large(f"the body has more than {limits.clauses:,} clauses")


def _require_page(body: Json, limits: GatewaySettings) -> None:
    size = _number(body.get("size"))
    if size > limits.size:
        raise too_large(f"a page has more than {limits.size:,} hits")
    if _number(body.get("from")) + size > limits.window:
        raise too_large(f"from and size reach beyond hit {limits.window:,}")


def _runs_code(key: str, parent: str, depth: int) -> bool:
    """Return whether what stands under a key is a script, or a template that may make one."""
    if key == "collate" and parent == "phrase":
        return True
    # An aggregation reads its script where a query has a field.
    return key in _SCRIPTS and (depth > 0 or parent not in _FIELDS)


def _require_short(text: str, limits: GatewaySettings) -> None:
    if len(text) > limits.characters:
        raise too_large(f"a text has more than {limits.characters:,} characters")
    if len(text) > limits.tokens and sum(1 for _ in _TOKEN.finditer(text)) > limits.tokens:
        raise too_large(f"a text has more than {limits.tokens:,} words")


def _walk(body: Json) -> Iterator[Place]:
    """Yield every place of a body, those of queries that are wrapped in a text as well."""
    stack: list[Place] = [("", body, "", 0)]
    while stack:
        key, value, parent, depth = stack.pop()
        yield key, value, parent, depth
        if isinstance(value, list):
            stack += [(key, each, parent, depth) for each in value]
        elif isinstance(value, dict):
            stack += [
                (below, _unwrapped(below, each, key), key, depth + (below in _AGGREGATIONS))
                for below, each in value.items()
            ]


def _unwrapped(key: str, value: Any, parent: str) -> Any:
    """Return what stands under a key; of a `wrapper` the query that its text holds.

    Raises:
        Refused: 400, nobody can say what is in it.
    """
    if key != "wrapper" or parent in _FIELDS or not isinstance(value, dict) or "query" not in value:
        return value
    try:
        return orjson.loads(base64.b64decode(str(value["query"]), validate=True))
    except (binascii.Error, ValueError):
        raise malformed("a wrapper's query is no JSON in base64") from None


def _number(value: Any) -> int:
    """Return a number as the cluster reads it; 0 for what is none."""
    if isinstance(value, str):
        return int(float(value)) if _NUMBER.fullmatch(value) else 0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number else 0


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
