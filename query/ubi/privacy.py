"""Nobody is named: ids become keyed hashes, and so do queries unless the settings say otherwise.

A keyed hash (HMAC-SHA-256, RFC 2104) of the same text is the same, so sessions can be followed and
queries counted; without the key nobody can try out names. With the key lost or changed, what was
recorded before belongs to nobody.
"""

import hashlib
import hmac
import re
import unicodedata
import uuid

from connector.errors import SettingsError
from connector.settings import BehaviourSettings

# Characters of a hash: 128 bits, so that no two people share one.
_HASH = 32
_SIGNATURE = 16
_LEAST_KEY = 16
_HIDDEN = "[hidden]"
# What people type into a search box by mistake: an address of mail or web, a long number.
_PERSONAL = re.compile(
    r"\S+@\S+|https?://\S+|www\.\S+|\+?\d(?:[ ()./-]?\d){6,}", re.IGNORECASE | re.ASCII
)
_SHARES = 2**32


class Privacy:
    """Turns what names a person or may tell of one into what does not.

    Args:
        settings: with a key.

    Raises:
        SettingsError: no key, or one that can be guessed.
    """

    def __init__(self, settings: BehaviourSettings) -> None:
        key = settings.key.get_secret_value() if settings.key else ""
        if len(key) < _LEAST_KEY:
            raise SettingsError(
                f"behaviour.key has {len(key)} characters; behaviour is recorded under a secret of "
                f"{_LEAST_KEY} or more, for example from `openssl rand -hex 32`"
            )
        self._key = key.encode()
        self._settings = settings

    def person(self, id_: str) -> str:
        """Return the pseudonym of a user, client or session; the same id has one in every field."""
        return self._hash("person", id_)

    def query(self, text: str) -> str:
        """Return what is stored of a query's text, as the setting `behaviour.query_text` says."""
        if self._settings.query_text == "plain":
            return text
        if self._settings.query_text == "redacted":
            return _PERSONAL.sub(_HIDDEN, text)
        return self._hash("query", plain(text))

    def new_query_id(self) -> str:
        """Return an id that nobody else can make: events of invented ones are refused."""
        name = uuid.uuid4().hex
        return f"{name}-{self._hash('id', name)[:_SIGNATURE]}"

    def issued(self, query_id: str) -> bool:
        """Return whether `new_query_id` made it under this key."""
        name, _, signature = query_id.partition("-")
        return query_id.isascii() and hmac.compare_digest(
            self._hash("id", name)[:_SIGNATURE], signature
        )

    def sampled(self, query_id: str) -> bool:
        """Return whether a query is recorded; its events share its fate."""
        drawn = int.from_bytes(hashlib.sha256(query_id.encode()).digest()[:4], "big")
        return drawn < self._settings.sample * _SHARES

    def _hash(self, kind: str, text: str) -> str:
        said = f"{kind}:{text}".encode("utf-8", "replace")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:_HASH]


def plain(text: str) -> str:
    """Return a query without what makes no difference: case, width, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
