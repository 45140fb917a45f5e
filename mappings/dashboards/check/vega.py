"""Vega-Lite specifications: what `src/plugins/vis_type_vega` makes of one before it draws."""

import re
from collections.abc import Iterator
from typing import Any

from mappings.dashboards.check.known import Json
from mappings.dashboards.check.pattern import Pattern

# 2.8 draws with Vega-Lite 5.6, 3.3 with 5.23, later ones with 6: all read what 5 could.
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_TRANSFORMS = frozenset(("aggregate", "calculate", "filter", "flatten", "fold", "window"))
# A view that fits its panel cannot be made of several.
_SEVERAL = frozenset(("concat", "hconcat", "vconcat", "facet", "repeat"))
# What newer ones refuse to read in an expression (`data_model/vega_validation.ts`).
_REFUSED = re.compile(
    r"""(?:\.|\[['"])(?P<name>ownerDocument|defaultView|content(?:Document|Window)|view|innerHTML"""
    r"""|outerHTML|insertAdjacentHTML|createElement(?:NS)?|getElement\w+|querySelector(?:All)?"""
    r"""|__proto__|prototype|constructor)\b"""
)
_EXPRESSIONS = frozenset(("calculate", "expr", "filter", "signal", "test", "update"))
_GROUPS = frozenset(("terms", "auto_date_histogram", "date_histogram", "avg", "max", "min", "sum"))


def faults(spec: Json, patterns: list[Pattern]) -> Iterator[str]:
    """Yield what is wrong with a specification whose data an index has.

    Args:
        spec: as it was saved.
        patterns: the index patterns of the file.
    """
    if spec.get("$schema") != SCHEMA:
        yield f"its $schema is not {SCHEMA}, which all versions know"
    if several := _SEVERAL & spec.keys():
        yield f"is a {', '.join(several)}, which cannot fit its panel"
    if sized := {"width", "height", "autosize"} & spec.keys():
        yield f"sets {', '.join(sorted(sized))}, which the panel overrides with a warning"
    for step in spec.get("transform", ()):
        if not _TRANSFORMS & step.keys():
            yield f"transforms by {', '.join(step)}, which this check does not know"
    yield from _refused(spec)
    yield from _data(spec.get("data", {}), patterns)


def _refused(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _refused(each)
    elif isinstance(part, dict):
        for name, each in part.items():
            found = isinstance(each, str) and name in _EXPRESSIONS and _REFUSED.search(each)
            if found:
                yield f"reads {found['name']!r} in {each!r}, which newer versions refuse"
            yield from _refused(each)


def _data(data: Json, patterns: list[Pattern]) -> Iterator[str]:
    url = data.get("url")
    if not isinstance(url, dict) or not url.get("index"):
        yield "loads its data from elsewhere than an index"
        return
    if {"values", "source"} & data.keys():
        yield "has a url and values; only one may be there"
    own = next((each for each in patterns if each.title == url["index"]), None)
    if own is None:
        yield f"searches {url['index']!r}, which no index pattern of the file has as its title"
        return
    yield from _search(url, own)


def _search(url: Json, own: Pattern) -> Iterator[str]:
    if "query" in url["body"]:
        yield "sets a query, which a dashboard's own filters cannot stand beside"
    if url.get("%context%") is not True:
        yield "has no %context%: a dashboard's filters would not reach it"
    time = url.get("%timefield%")
    if time != own.time:
        yield f"has the %timefield% {time!r}, its index pattern has {own.time!r}"
    yield from _aggregations(url["body"].get("aggs", {}), own)


def _aggregations(aggs: Json, own: Pattern) -> Iterator[str]:
    for one in aggs.values():
        for type_ in one.keys() & _GROUPS:
            field = one[type_].get("field")
            if field is not None and not own.groups(field):
                yield f"aggregates {field!r}, which its index pattern cannot aggregate"
        yield from _aggregations(one.get("aggs", {}), own)
