"""Searchers by index and by who looks: everything is read with that person's own credentials."""

import base64
import binascii
from collections import OrderedDict
from dataclasses import asdict
from threading import Lock
from typing import Any

from pydantic import SecretStr

from connector.errors import RequestError
from connector.settings import Settings
from mappings.dashboards.panel import Language
from query.explain import card
from query.request import System
from query.search import Searcher

Json = dict[str, Any]

SHOWN: tuple[System, ...] = ("bm25", "native", "hybrid")
LANGUAGES: tuple[Language, ...] = ("en", "zh")
# Each holds words of a catalogue, and the model.
_MOST = 4
_MOST_HITS = 20


class Searchers:
    """Opens a searcher for each index and person, and keeps the last few. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: OrderedDict[tuple[str, str], Searcher] = OrderedDict()
        self._lock = Lock()

    def look(self, index: str, text: str, size: int, authorization: str) -> Json:
        """Return every system's first hits with their evidence, as plain data by language.

        Args:
            index: an alias of ours.
            text: as it was typed.
            size: hits of each system, 20 at most.
            authorization: header of the request; empty where there is none.

        Raises:
            RequestError: an index name or a text that cannot be searched for.
            ConnectorError: see `query.search.Searcher`.
        """
        searcher = self._searcher(index, authorization)
        size = max(1, min(size, _MOST_HITS))
        responses = [
            searcher.search(text, system=system, size=size, explain=True) for system in SHOWN
        ]
        systems = {
            language: [
                asdict(card.page(each, searcher.catalogue, 1, language)) for each in responses
            ]
            for language in LANGUAGES
        }
        return {"index": index, "systems": systems}

    def require(self, index: str, text: str, authorization: str) -> None:
        """Refuse who may not search an index; arguments and errors as `look`."""
        self._searcher(index, authorization).search(text, system="bm25", size=0)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

    def _searcher(self, index: str, authorization: str) -> Searcher:
        if not index or set(index) & set('*?,/\\"<>|# :') or index.startswith(("_", "-", "+", ".")):
            raise RequestError(f"{index[:80]!r} is not the name of one index")
        key = (index, authorization)
        with self._lock:
            if key not in self._open:
                self._open[key] = Searcher.open(index, as_(self._settings, authorization))
                while len(self._open) > _MOST:
                    # Another thread may still be searching with it: its connections close with it.
                    self._open.popitem(last=False)
            self._open.move_to_end(key)
            return self._open[key]


def as_(settings: Settings, authorization: str) -> Settings:
    """Return the settings of a searcher with somebody's credentials instead of the gateway's own.

    Nothing that is looked at here is recorded as a shopper's behaviour.

    Raises:
        RequestError: a form other than `Basic`, the only one that browsers ask for.
    """
    own: Json = {"username": None, "password": None}
    if authorization:
        kind, _, given = authorization.partition(" ")
        try:
            name, colon, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            colon = ""
        if kind.lower() != "basic" or not colon:
            raise RequestError("the page takes credentials in the form Basic only")
        own = {"username": name, "password": SecretStr(secret)}
    return settings.model_copy(
        update={
            "opensearch": settings.opensearch.model_copy(update=own),
            "behaviour": settings.behaviour.model_copy(update={"key": None}),
        }
    )
