"""The engine as one client sees it: its credentials, its place to search, its time."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from opensearchpy import OpenSearch

from connector.errors import IndexMovedError
from mappings.index import ALIVE
from query.engine import Engine, copy_of

Json = dict[str, Any]

# A page without a shard's hits is the cluster's to give, not the ranking's.
_WHOLE = {"allow_partial_search_results": "false"}
_LEAST_S = 0.05


@dataclass
class Told:
    """What the searches of one answer said beside their hits.

    Attributes:
        shards: `_shards` of the last one.
        timed_out: whether any of them was cut short.
        pit: id of the point in time; None without one.
        profiles: of every shard and search, where the client asked for them.
        headers: names in lower case and values.
    """

    shards: Json = field(default_factory=dict)
    timed_out: bool = False
    pit: str | None = None
    profiles: list[Json] = field(default_factory=list)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def heard(self, answer: Json, headers: Iterable[tuple[str, str]]) -> None:
        """Note what an answer says."""
        self.headers += [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        self.shards = answer["_shards"]
        self.timed_out |= answer["timed_out"]
        self.pit = answer.get("pit_id", self.pit)
        self.profiles += answer.get("profile", {}).get("shards", [])


class ClientEngine(Engine):
    """Asks one alias in a client's name. Made for one answer; a few threads may share it.

    Args:
        client: whose connections are used; it has no credentials of its own.
        alias: that is asked, or the index by its own name; None in a point in time.
        physical: the index behind it.
        headers: of the client, credentials included.
        where: parameters that every search has.
        until: seconds, monotonic; no search lasts longer.
        more: parts of every body.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all that a client's request brings
        self,
        client: OpenSearch,
        alias: str | None,
        physical: str,
        headers: Mapping[str, str],
        where: Mapping[str, str],
        until: float,
        more: Json,
    ) -> None:
        super().__init__(client, alias or physical, "")
        self._asked = alias
        self._physical, self._headers, self._where = physical, headers, where
        self._until, self._more = until, more
        self.told = Told()

    def search(self, body: Json, text: str, *, named: bool = False, pit: str | None = None) -> Json:
        """Run one search of the ranking; see `Engine.search`."""
        del pit
        parameters = {"include_named_queries_score": "true"} if named else {}
        return self.send(body, text, parameters)

    def send(self, body: Json, text: str, parameters: Mapping[str, str]) -> Json:
        """Run one search.

        Args:
            body: as the engine takes it.
            text: the query: searches of one text go to the same copies, unless the client says.
            parameters: beside those that every search has.

        Raises:
            IndexMovedError: the alias leads elsewhere by now.
            ClusterUnavailableError, ClusterRefusedError: see `connector.cluster.faults`.
        """
        left = max(_LEAST_S, self._until - time.monotonic())
        # A point in time says itself where it is.
        place = {"preference": copy_of(text)} if self._asked else {}
        standing = {**place, **_WHOLE, **self._where}
        with self._faults():
            found, headers = self._sent(
                {**self._more, **self._visible(body)}, {**standing, **parameters}, left
            )
        if any(hit["_index"] != self._physical for hit in found["hits"]["hits"]):
            raise IndexMovedError(f"the alias {self._alias!r} leads to another index by now")
        self.told.heard(found, headers)
        return found

    def _sent(
        self, body: Json, parameters: Mapping[str, str], timeout_s: float
    ) -> tuple[Json, Iterable[tuple[str, str]]]:
        """Return an answer with its headers, which the client's own `search` keeps to itself."""
        transport = self._client.transport
        path = f"/{quote(self._asked, safe='')}/_search" if self._asked else "/_search"
        _, headers, text = transport.get_connection().perform_request(
            "POST",
            path,
            parameters,
            transport.serializer.dumps(body).encode(),
            timeout=timeout_s,
            headers=self._headers,
        )
        found: Json = transport.serializer.loads(text)
        return found, headers.items()

    def _visible(self, body: Json) -> Json:
        """Return a body that finds no tombstones: an alias hides them, an index's own name does not."""
        if self._asked != self._physical:
            return body
        query = body.get("query", {"match_all": {}})
        return {**body, "query": {"bool": {"must": [query], "filter": [ALIVE]}}}
