"""What a panel asks: one search body, and its answer as rows. Drawings and tests share both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Row = dict[str, Any]
Unit = Literal["", "score", "share", "s", "bytes", "ms", "time"]

TIME = "time"
# Points on a time axis, at most.
_MOMENTS = 50
_TOP = {"size": 1, "_source": False}


@dataclass(frozen=True)
class Split:
    """Documents in groups.

    Attributes:
        name: of the column that says the group.
        field: that groups; a date where the name is `time`.
        size: groups at most.
        order: a measure that puts them in order; by their number where it is empty.
        rising: whether the least come first.
    """

    name: str
    field: str
    size: int = 10
    order: str = ""
    rising: bool = False

    def body(self) -> Json:
        """Return the aggregation."""
        if self.name == TIME:
            return {"auto_date_histogram": {"field": self.field, "buckets": _MOMENTS}}
        way = "asc" if self.rising else "desc"
        order = {self.order or "_count": way}
        return {"terms": {"field": self.field, "size": self.size, "order": order}}


@dataclass(frozen=True)
class Measure:
    """One figure of a group.

    Attributes:
        name: of its column.
        what: `count` of documents; `avg`, `max`, `min` or `sum` of a field; `latest` value of a
            field; `share` of the documents that meet a condition; `per`: the group's documents for
            each document of the whole panel that meets it; `reciprocal`: mean of 1 / field.
        field: of the documents.
        where: condition of a share.
        unit: of the figure; a `score` has three places, a `time` is milliseconds since the epoch.
    """

    name: str
    what: Literal["count", "avg", "max", "min", "sum", "latest", "share", "per", "reciprocal"]
    field: str = ""
    where: Json | None = None
    unit: Unit = ""

    def body(self, time: str) -> Json | None:
        """Return the aggregation, None where the group's own count says it."""
        if self.what in {"count", "per"}:
            return None
        if self.what == "latest":
            newest = {"sort": [{time: "desc"}], "docvalue_fields": [{"field": self.field}]}
            return {"top_hits": _TOP | newest}
        if self.what == "share":
            return {"filter": self.where}
        if self.what == "reciprocal":
            return {"avg": {"script": {"source": f"1.0 / doc['{self.field}'].value"}}}
        return {self.what: {"field": self.field}}

    def read(self, bucket: Mapping[str, Any], answer: Mapping[str, Any]) -> Any:
        """Return the figure of a group; None where there is none."""
        if self.what == "count":
            return bucket["doc_count"]
        if self.what == "per":
            whole = answer["aggregations"][self.name]["doc_count"]
            return bucket["doc_count"] / whole if whole else None
        found = bucket[self.name]
        if self.what == "latest":
            hits = found["hits"]["hits"]
            return hits[0].get("fields", {}).get(self.field, [None])[0] if hits else None
        if self.what == "share":
            return found["doc_count"] / bucket["doc_count"] if bucket["doc_count"] else None
        return found["value"]


@dataclass(frozen=True)
class Query:
    """A search of one panel.

    Attributes:
        where: conditions that every document meets.
        splits: groups within groups, one at least.
        measures: of each innermost group, one at least.
        time: the date of the documents; empty where they have none.
    """

    where: tuple[Json, ...]
    splits: tuple[Split, ...]
    measures: tuple[Measure, ...]
    time: str = "@timestamp"

    def aggregations(self) -> Json:
        """Return the aggregations, conditions included: a Dashboards' own filters stand outside."""
        inner: Json = {}
        for measure in self.measures:
            body = measure.body(self.time)
            if body is not None:
                inner[measure.name] = body
        for split in reversed(self.splits):
            inner = {split.name: split.body() | ({"aggs": inner} if inner else {})}
        wholes = {m.name: {"filter": m.where} for m in self.measures if m.what == "per"}
        return {"found": {"filter": _all(self.where), "aggs": inner}, **wholes}

    def body(self) -> Json:
        """Return the search, without a range of time."""
        return {"size": 0, "aggs": self.aggregations()}

    def rows(self, answer: Mapping[str, Any]) -> list[Row]:
        """Return a row per innermost group: its splits' keys and its measures by name.

        Times are milliseconds since the epoch; an index that is not there gives no rows.
        """
        if "aggregations" not in answer:
            return []
        return list(self._rows(answer["aggregations"]["found"], {}, 0, answer))

    def _rows(
        self, group: Mapping[str, Any], row: Row, depth: int, answer: Mapping[str, Any]
    ) -> Iterator[Row]:
        if depth == len(self.splits):
            yield row | {m.name: m.read(group, answer) for m in self.measures}
            return
        name = self.splits[depth].name
        for bucket in group[name]["buckets"]:
            yield from self._rows(bucket, row | {name: bucket["key"]}, depth + 1, answer)


def equal(**values: Any) -> tuple[Json, ...]:
    """Return conditions that fields have values; `__` stands for a dot."""
    return tuple({"term": {name.replace("__", "."): value}} for name, value in values.items())


def _all(clauses: tuple[Json, ...]) -> Json:
    return {"bool": {"filter": list(clauses)}} if clauses else {"match_all": {}}
