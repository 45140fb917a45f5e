"""The indices that panels read, with the fields that Dashboards has to know of before they exist."""

from dataclasses import dataclass

from mappings.history.fields import FIELDS, METRICS, RELEVANCE

PREFIX = "ubi"
QUERIES, EVENTS, REINDEX = f"{PREFIX}_queries", f"{PREFIX}_events", "connector-reindex"
# Rates of what was done to what was shown.
BOTH = f"{QUERIES}*,{EVENTS}"

_TYPES = {"date": "date", "keyword": "string", "text": "string", "boolean": "boolean"}


@dataclass(frozen=True)
class Source:
    """Indices of one kind.

    Attributes:
        name: alias or index; what it rolls over to begins with it.
        time: field of the date; empty where documents have none.
        fields: stored type by field.
    """

    name: str
    time: str
    fields: dict[str, str]

    def pattern(self, prefix: str = PREFIX) -> str:
        """Return what is searched. A pattern finds nothing, and fails nothing, where no index is.

        Args:
            prefix: that begins the names of the indices of behaviour, `behaviour.prefix`.
        """
        return f"{self.name}*".replace(f"{PREFIX}_", f"{prefix}_")


def kind_of(stored: str) -> str:
    """Return what Dashboards calls a stored type."""
    return _TYPES.get(stored, "number")


def _of(stored: str, names: str, under: str = "") -> dict[str, str]:
    return {f"{under}{name}": stored for name in names.split()}


_BEHAVIOUR = _of("date", "timestamp") | _of("keyword", "application client_id query_id")
_QUERIES = (
    _BEHAVIOUR
    | {"user_query": "text", "user_query.keyword": "keyword"}
    | _of("keyword", "object_id_field query_response_id query_response_hit_ids")
    | _of("keyword", "catalogue experiment filters mode session_id system", "query_attributes.")
    | _of("keyword", "teams user_id variant weights", "query_attributes.")
    | _of("integer", "from size total", "query_attributes.")
    | _of("float", "took_ms top_score", "query_attributes.")
)
_EVENTS = (
    _BEHAVIOUR
    | _of("keyword", "action_name message_type session_id user_id")
    | _of("keyword", "object_id object_id_type object_id_field", "event_attributes.object.")
    | _of("integer", "event_attributes.position.ordinal")
    | _of("float", "x y", "event_attributes.position.xy.")
)
_REINDEX = (
    _of("keyword", "kind id run catalogue state queue")
    | _of("long", "number shard documents attempts")
    | _of("double", "until beat")
    | _of("long", "documents streams copied embedded tombstones stale failed", "counts.")
    | _of("long", "rejected encoder_texts", "counts.")
)

SOURCES = {
    source.name: source
    for source in (
        *(
            Source(name, "@timestamp", {each: field.type for each, field in fields.items()})
            for name, fields in ((RELEVANCE, FIELDS[RELEVANCE]), (METRICS, FIELDS[METRICS]))
        ),
        Source(QUERIES, "timestamp", _QUERIES),
        Source(EVENTS, "timestamp", _EVENTS),
        Source(BOTH, "timestamp", _QUERIES | _EVENTS),
        Source(REINDEX, "", _REINDEX),
    )
}
