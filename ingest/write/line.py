"""One write as the two lines that a bulk request has of it."""

from collections.abc import Mapping
from typing import Any

import orjson

from ingest import script
from ingest.target import Target
from ingest.write.item import Write
from mappings.sketch import sketch

_NDJSON = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE


class Lines:
    """Renders writes for one physical index."""

    def __init__(self, target: Target) -> None:
        catalogue = target.catalogue
        self._index, self._model = target.index, target.model
        self._owned = {group: list(catalogue.owned(group)) for group in catalogue.groups}
        self._vector_names = list(catalogue.vectors)

    def render(self, write: Write, now: str) -> bytes:
        """Return action and body, each ended by a newline; `now` is ISO 8601."""
        return self._update(write, script.SOURCE, self._parameters(write, now))

    def question(self, write: Write) -> bytes:
        """Return an update of the same document that changes nothing, also where it is not there."""
        return self._update(write, script.NOTHING, {})

    def _update(self, write: Write, source: str, params: Mapping[str, Any]) -> bytes:
        action = {"_index": self._index, "_id": write.change.id, "retry_on_conflict": 3}
        code = {"lang": "painless", "source": source, "params": params}
        body = {"scripted_upsert": True, "upsert": {}, "script": code}
        return orjson.dumps({"update": action}) + b"\n" + orjson.dumps(body, option=_NDJSON)

    def _parameters(self, write: Write, now: str) -> dict[str, Any]:
        change = write.change
        return {
            "id": change.id,
            "group": change.group,
            "version": change.version,
            "delete": change.fields is None,
            "fields": change.fields or {},
            "owned": self._owned[change.group],
            "vectors": write.vectors,
            "vector_names": self._vector_names,
            "sketch": sketch(list(write.vectors.values())) if write.vectors else None,
            "text_hash": write.text_hash,
            "model": self._model,
            "state": write.state,
            "now": now,
        }
