"""The steps of understanding for one index, with what they know: mined, curated, kept fresh."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from connector.errors import ConnectorError
from connector.settings import SearchSettings
from mappings.catalogue import Catalogue
from query.filling import holds_s
from query.understand.cheap import Titled, cheapest
from query.understand.compounds import Compounds
from query.understand.entities.step import Entities
from query.understand.framing import Framing
from query.understand.interpretation import Step
from query.understand.lexicon import Lexicon
from query.understand.negation import Negation
from query.understand.normalise import Normalise
from query.understand.price import Price
from query.understand.readings import Readings
from query.understand.spelling import Spelling
from query.understand.synonyms.folder import SynonymsFolder
from query.understand.synonyms.matcher import Matcher
from query.understand.synonyms.step import Synonyms

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asks:
    """What steps ask the index itself, for the lexicon does not know.

    Attributes:
        has: whether any product has a word or a phrase; asked about what looks misspelled.
        titled: what the products that are called so cost; asked about what should be cheap.
    """

    has: Callable[[str], bool]
    titled: Titled


@dataclass(frozen=True)
class _Known:
    """What steps are made of."""

    catalogue: Catalogue
    settings: SearchSettings
    lexicon: Lexicon
    asks: Asks
    synonyms: SynonymsFolder | None


def _price(known: _Known) -> Price:
    catalogue, lexicon = known.catalogue, known.lexicon
    field = next((name for name, spec in catalogue.fields.items() if spec.role == "price"), None)
    low = cheapest(lexicon, field, known.asks.titled) if field else None
    return Price(catalogue, low, lexicon.phrase_count)


def _entities(known: _Known) -> Entities:
    return Entities(known.lexicon, known.catalogue, frozenset(known.settings.hard_entities))


# Every step by its name, in the order in which they run; None where it has nothing to go by.
_MAKERS: dict[str, Callable[[_Known], Step | None]] = {
    Normalise.name: lambda known: Normalise(
        known.catalogue.language, known.lexicon.knows, known.lexicon.means_brand
    ),
    Framing.name: lambda known: Framing(known.lexicon.phrase_count),
    Price.name: _price,
    Negation.name: lambda known: Negation(known.lexicon.phrase_count),
    Spelling.name: lambda known: Spelling(known.lexicon, known.asks.has),
    Compounds.name: lambda known: Compounds(known.lexicon),
    Entities.name: _entities,
    Synonyms.name: lambda known: Synonyms(*known.synonyms.current()) if known.synonyms else None,
    Readings.name: lambda known: Readings(known.lexicon),
}
STEPS = tuple(_MAKERS)


class _Now(NamedTuple):
    """Steps, and what they were put together from."""

    made: tuple[Step, ...]
    rules: tuple[Matcher, tuple[str, ...]] | None
    steps: tuple[Step, ...]


class Understanding:
    """Makes the steps when they are first needed. Threads may share it.

    Args:
        catalogue: of the index.
        settings: synonyms, and how old a lexicon may become.
        lexicon: mines the index, or reads what was mined of it a while ago.
        asks: the index.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        settings: SearchSettings,
        lexicon: Callable[[], Lexicon],
        asks: Asks,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue, self._settings = catalogue, settings
        self._lexicon, self._asks, self._clock = lexicon, asks, clock
        self._synonyms = SynonymsFolder(settings.synonyms, clock) if settings.synonyms else None
        self._making = threading.Lock()
        self._made: tuple[Step, ...] = ()
        self._now = _Now((), None, ())
        self._since = self._holds_s = 0.0

    def steps(self) -> tuple[Step, ...]:
        """Return the steps in order, the same object until one of them knows something else.

        The first call waits for the lexicon; later ones never do.

        Raises:
            ClusterUnavailableError, ClusterRefusedError: the first time only.
        """
        if not self._made:
            with self._making:
                if not self._made:
                    self._make()
        elif self._stale() and self._making.acquire(blocking=False):
            threading.Thread(target=self._again, name="lexicon", daemon=True).start()
        return self._with_rules(self._made)

    def _with_rules(self, made: tuple[Step, ...]) -> tuple[Step, ...]:
        """Return the steps with the synonyms that are in force now."""
        if self._synonyms is None:
            return made
        rules, now = self._synonyms.current(), self._now
        if now.made is not made or now.rules is not rules:
            fresh = Synonyms(*rules)
            steps = tuple(fresh if step.name == fresh.name else step for step in made)
            now = self._now = _Now(made, rules, steps)
        return now.steps

    def _stale(self) -> bool:
        return self._clock() - self._since > self._holds_s

    def _again(self) -> None:
        try:
            self._make()
        except ConnectorError as error:
            log.warning("the catalogue's words were not read again: %s", error)
        finally:
            # Not at once again, whatever went wrong.
            self._since = self._clock()
            self._making.release()

    def _make(self) -> None:
        lexicon = self._lexicon()
        known = _Known(self._catalogue, self._settings, lexicon, self._asks, self._synonyms)
        made = (make(known) for make in _MAKERS.values())
        self._made = tuple(step for step in made if step)
        self._since = self._clock()
        self._holds_s = holds_s(lexicon.products, self._settings.lexicon_max_age_s)
