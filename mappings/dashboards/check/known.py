"""What OpenSearch Dashboards 2.8 and 3.3 both register, from their sources.

`src/plugins/{data,visualizations,dashboard}/server/saved_objects` have attributes and migrations,
`src/plugins/vis_type_*` the schemas of aggregations, `src/plugins/data/common` the rest.
"""

from typing import Any

Json = dict[str, Any]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The last migration of each type. Later numbers are refused; without any, every migration runs.
MIGRATIONS = {"index-pattern": "7.6.0", "visualization": "7.10.0", "dashboard": "7.9.3"}

SEARCH = "kibanaSavedObjectMeta"
# The mappings are strict: another attribute fails the import, or is lost of an index pattern.
ATTRIBUTES = {
    "index-pattern": _words(
        "title fields timeFieldName fieldFormatMap sourceFilters intervalName type typeMeta"
    ),
    "visualization": _words(
        f"title description visState uiStateJSON version savedSearchRefName {SEARCH}"
    ),
    "dashboard": _words(
        "title description hits panelsJSON optionsJSON version timeRestore timeFrom timeTo "
        f"refreshInterval {SEARCH}"
    ),
}
# Attributes that hold JSON as a text.
TEXTS = _words(
    "fields fieldFormatMap sourceFilters typeMeta visState uiStateJSON panelsJSON optionsJSON"
)
KEYS = _words(
    "id type attributes references migrationVersion updated_at version namespaces "
    "coreMigrationVersion typeMigrationVersion"
)

FIELD_TYPES = _words(
    "_source attachment boolean conflict date geo_point geo_shape histogram ip murmur3 nested "
    "number object string unknown"
)
FIELD_KEYS = _words("name type searchable aggregatable readFromDocValues scripted")

# How figures are written (`src/plugins/data/common/field_formats/constants`).
FORMATS = _words(
    "boolean bytes color date date_nanos duration ip number percent relative_date static_lookup "
    "string truncate url"
)

_AXES = _words("metric segment group split radius")
# Where aggregations may stand, by type of visualization.
SCHEMAS = {
    **dict.fromkeys(("area", "histogram", "horizontal_bar", "line"), _AXES),
    "gauge": _words("metric group"),
    "goal": _words("metric group"),
    "heatmap": _words("metric segment group split"),
    "markdown": frozenset[str](),
    "metric": _words("metric group"),
    "pie": _words("metric segment split"),
    "table": _words("metric bucket split"),
    "tagcloud": _words("metric segment"),
    "vega": frozenset[str](),
}
# Aggregations with the types of field that they take; any where there are none.
METRICS: dict[str, frozenset[str]] = {
    "count": frozenset(),
    "avg": _words("number histogram"),
    "sum": _words("number histogram"),
    "median": _words("number histogram"),
    "max": _words("number date histogram"),
    "min": _words("number date histogram"),
    "cardinality": frozenset(),
    "percentiles": _words("number date histogram"),
    "top_hits": frozenset(),
}
BUCKETS: dict[str, frozenset[str]] = {
    "terms": _words("number boolean date ip string"),
    "date_histogram": _words("date"),
    "histogram": _words("number histogram"),
    "range": _words("number histogram"),
}
FIELDLESS = _words("count")
# Metrics by which buckets cannot be put in order.
UNORDERED = _words("top_hits percentiles median")
TOP_HITS = _words("min max sum average concat")


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers; ValueError where it is none."""
    return tuple(int(part) for part in version.split("."))
