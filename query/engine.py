"""The reading side of one index: searches and term statistics, each a single round trip."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from opensearchpy import OpenSearch, TransportError
from opensearchpy.exceptions import HTTP_EXCEPTIONS

from connector.cluster import faults, translate
from connector.errors import IndexMissingError, IndexMovedError
from mappings.index import ALIVE, ALL
from query.paging import KEEP_ALIVE, expired

Json = dict[str, Any]

# A page from which a shard is missing is wrong, not partial.
_WHOLE = {"allow_partial_search_results": "false"}

_LIVING: Json = {"bool": {"filter": [ALIVE]}}
# Products in one page of a scan.
_SCANNED = 2000
_SEED = 20
# Per cent.
_THIRD = 100 / 3

# Term vectors come without a status.
_STATUS = {"index_not_found_exception": 404, "security_exception": 403}


class Engine:
    """Asks one alias. Every fault comes out as one of the connector's own errors.

    Args:
        client: OpenSearch.
        alias: that is asked.
        url: the cluster's address, for messages.
        physical: the index that the alias led to when its catalogue and model were read. Hits of
            another one are refused: a query's vector may mean nothing there. None: never mind.
    """

    def __init__(
        self, client: OpenSearch, alias: str, url: str, physical: str | None = None
    ) -> None:
        self._client, self._alias, self._url = client, alias, url
        self._physical = physical

    @property
    def alias(self) -> str:
        """The alias that is asked."""
        return self._alias

    def search(self, body: Json, text: str, *, named: bool = False, pit: str | None = None) -> Json:
        """Run one search.

        Args:
            body: as the engine takes it.
            text: the query: all requests of one text go to the same copy of each shard, so that
                its pages agree.
            named: return the score of every named query, by name, in `matched_queries`.
            pit: point in time to search in, kept open for another while.

        Raises:
            RequestError: the point in time is gone.
            IndexMovedError: the alias leads to another index by now.
        """
        params: Json = {**_WHOLE}
        if named:
            params["include_named_queries_score"] = "true"
        if pit:
            return self._search_then(body, params, pit)
        params["preference"] = copy_of(text)
        with self._faults():
            found: Json = self._client.search(body=body, index=self._alias, params=params)
        if self._elsewhere(found):
            raise IndexMovedError(
                f"the alias {self._alias!r} leads to another index than {self._physical!r} by now"
            )
        return found

    @property
    def moved(self) -> bool:
        """Whether the alias leads to another index by now."""
        with self._faults():
            there = self._client.indices.get_alias(index=self._alias)
        return self._physical is not None and self._physical not in there

    def _elsewhere(self, found: Json) -> bool:
        """Whether hits are of another index."""
        hits = found["hits"]["hits"]
        return bool(hits and self._physical) and hits[0].get("_index") != self._physical

    def open_point(self, text: str) -> str:
        """Open a point in time: what is written later is not seen in it; return its id."""
        params = {"keep_alive": KEEP_ALIVE, "preference": copy_of(text)}
        with self._faults():
            made = self._client.create_pit(index=self._alias, params=params)
        pit: str = made["pit_id"]
        return pit

    def close_point(self, pit: str) -> None:
        """Give a point in time back."""
        with self._faults():
            self._client.delete_pit(body={"pit_id": [pit]})

    def _search_then(self, body: Json, params: Json, pit: str) -> Json:
        in_point = {**body, "pit": {"id": pit, "keep_alive": KEEP_ALIVE}}
        try:
            with self._faults():
                found: Json = self._client.search(body=in_point, params=params)
        except IndexMissingError as error:
            raise expired() from error
        if self._elsewhere(found):
            raise expired()
        return found

    def terms(self, words: Sequence[tuple[str, str]]) -> list[Json]:
        """Return how fields analyse words, with document frequencies, in one round trip.

        Args:
            words: pairs of field and word.

        Returns:
            One object per pair: `field_statistics` and `terms`, as `_termvectors` gives them;
            empty where the word has no terms or the field no documents.
        """
        options = {"term_statistics": True, "field_statistics": True, "offsets": False}
        documents = [
            {"doc": {field: word}, "fields": [field], "routing": copy_of(word), **options}
            for field, word in words
        ]
        with self._faults():
            found = self._client.mtermvectors(body={"docs": documents}, index=self._alias)
        self._require_whole(found["docs"])
        return [
            document.get("term_vectors", {}).get(field, {})
            for (field, _), document in zip(words, found["docs"], strict=True)
        ]

    def sources(
        self, ids: Sequence[str], shown: Json, text: str, *, pit: str | None = None
    ) -> dict[str, Json]:
        """Return the stored fields of products by id; a product that is gone is missing.

        Args:
            ids: at most 1,000.
            shown: the `_source` filter.
            text: the query, see `search`.
            pit: likewise.
        """
        body = {
            "size": len(ids),
            "track_total_hits": False,
            "_source": shown,
            "query": {"bool": {"filter": [ALIVE, {"ids": {"values": list(ids)}}]}},
        }
        found = self.search(body, text, pit=pit)["hits"]["hits"]
        return {hit["_id"]: hit["_source"] for hit in found}

    def stored(self, id_: str, vectors: Iterable[str]) -> Json | None:
        """Return a product as it is kept, also deleted or not yet visible; None where there is none.

        Args:
            id_: of the product.
            vectors: fields that are left out.
        """
        params = {"_source_excludes": ",".join(vectors), "ignore": 404}
        with self._faults():
            found = self._client.get(index=self._alias, id=id_, params=params)
        source: Json | None = found.get("_source")
        return source

    def scoring(self, query: Json, least: float, text: str) -> int:
        """Return how many products a query gives at least this score.

        Args:
            query: of a search.
            least: score.
            text: the query, see `search`.
        """
        body = {"size": 0, "track_total_hits": True, "min_score": least, "query": query}
        total: int = self.search(body, text)["hits"]["total"]["value"]
        return total

    def living(self) -> int:
        """Return the number of products that are not deleted."""
        total: int = self._counted()["hits"]["total"]["value"]
        return total

    def has(self, text: str) -> bool:
        """Return whether any product has a word, in any inflection, or words one after another.

        Stop words it never has.
        """
        query = {"bool": {"must": {"match_phrase": {ALL: {"query": text}}}, "filter": [ALIVE]}}
        body = {"size": 0, "track_total_hits": 1, "terminate_after": 1, "query": query}
        total: int = self.search(body, text)["hits"]["total"]["value"]
        return total > 0

    def cheap(self, title: str, text: str, price: str) -> tuple[int, float | None]:
        """Return how many products with all words in the title have a price, and a low one.

        Args:
            title: field of the title.
            text: the words.
            price: numeric field.

        Returns:
            The products; and what about a third of them cost at most, None where there are none.
        """
        words = {"match": {title: {"query": text, "operator": "and"}}}
        body = {
            "size": 0,
            "track_total_hits": True,
            "query": {"bool": {"must": words, "filter": [ALIVE, {"exists": {"field": price}}]}},
            "aggs": {"third": {"percentiles": {"field": price, "percents": [_THIRD]}}},
        }
        found = self.search(body, text)
        (third,) = found["aggregations"]["third"]["values"].values()
        return found["hits"]["total"]["value"], third

    def scan(self, shown: Json, most: int) -> Iterator[Json]:
        """Yield the stored fields of every living product, of a random sample when there are more.

        Nothing is held open in the cluster: each shard is read in the order of its writes, so a
        product that is written meanwhile may come twice, or not at all.

        Args:
            shown: the `_source` filter.
            most: about as many products at most.
        """
        counted = self._counted()
        total = counted["hits"]["total"]["value"]
        body: Json = {
            "size": _SCANNED,
            "track_total_hits": False,
            "_source": shown,
            "query": _sampled(_LIVING, most / total) if total > most else _LIVING,
            "sort": [{"_seq_no": "asc"}],
        }
        for shard in range(counted["_shards"]["total"]):
            yield from self._scan_shard(body, shard)

    def _counted(self) -> Json:
        return self.search({"size": 0, "track_total_hits": True, "query": _LIVING}, "")

    def _scan_shard(self, body: Json, shard: int) -> Iterator[Json]:
        params = {**_WHOLE, "preference": f"_shards:{shard}"}
        while True:
            with self._faults():
                found = self._client.search(body=body, index=self._alias, params=params)
            hits = found["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < _SCANNED:
                return
            body = {**body, "search_after": hits[-1]["sort"]}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _require_whole(self, answers: Sequence[Json]) -> None:
        """Raise the fault of the first answer that is one: such a request never fails as a whole."""
        for answer in answers:
            if "error" in answer:
                kind = answer["error"]["type"]
                status = answer.get("status") or _STATUS.get(kind, 500)
                fault: Any = HTTP_EXCEPTIONS.get(status, TransportError)(status, kind, answer)
                raise translate(fault, self._doing, self._url)

    @property
    def _doing(self) -> str:
        return f"searching {self._alias!r}"

    def _faults(self) -> Any:
        return faults(self._doing, self._url)


def _sampled(query: Json, share: float) -> Json:
    """Return a query for a random share of what another finds, the same each time."""
    random = {"seed": _SEED, "field": "_seq_no"}
    return {
        "function_score": {
            "query": query,
            "random_score": random,
            "boost_mode": "replace",
            "min_score": 1 - share,
        }
    }


def copy_of(text: str) -> str:
    """Return a preference that is stable for a text and spreads texts over the copies."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
