"""The steps of understanding for one index, with what they know: mined, curated, kept fresh."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from connector.errors import ConnectorError
from connector.settings import SearchSettings
from mappings.catalogue import Catalogue
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
from query.understand.synonyms.step import Synonyms

log = logging.getLogger(__name__)


STEPS = tuple(
    step.name
    for step in (
        *(Normalise, Framing, Price, Negation, Spelling, Compounds, Entities, Synonyms),
        Readings,
    )
)


@dataclass(frozen=True)
class Asks:
    """What steps ask the index itself, for the lexicon does not know.

    Attributes:
        has: whether any product has a word or a phrase; asked about what looks misspelled.
        titled: what the products that are called so cost; asked about what should be cheap.
    """

    has: Callable[[str], bool]
    titled: Titled


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
        self._synonyms = SynonymsFolder(settings.synonyms) if settings.synonyms else None
        self._making = threading.Lock()
        self._steps: tuple[Step, ...] = ()
        self._since = 0.0

    def steps(self) -> tuple[Step, ...]:
        """Return the steps in order. The first call waits for the lexicon; later ones never do.

        Raises:
            ClusterUnavailableError, ClusterRefusedError: the first time only.
        """
        if not self._steps:
            with self._making:
                if not self._steps:
                    self._make()
        elif self._stale() and self._making.acquire(blocking=False):
            threading.Thread(target=self._again, name="lexicon", daemon=True).start()
        return self._steps

    def _stale(self) -> bool:
        return self._clock() - self._since > self._settings.lexicon_max_age_s

    def _again(self) -> None:
        try:
            self._make()
        except ConnectorError as error:
            self._since = self._clock()
            log.warning("the catalogue's words were not read again: %s", error)
        finally:
            self._making.release()

    def _make(self) -> None:
        self._steps = tuple(self._made(self._lexicon()))
        self._since = self._clock()

    def _made(self, lexicon: Lexicon) -> list[Step]:
        catalogue = self._catalogue
        prices = [name for name, spec in catalogue.fields.items() if spec.role == "price"]
        steps: list[Step] = [
            Normalise(catalogue.language, lexicon.knows, lexicon.means_brand),
            Framing(lexicon.phrase_count),
            Price(
                catalogue,
                cheapest(lexicon, prices[0], self._asks.titled) if prices else None,
                lexicon.phrase_count,
            ),
            Negation(lexicon.phrase_count),
            Spelling(lexicon, self._asks.has),
            Compounds(lexicon),
            Entities(lexicon, catalogue, frozenset(self._settings.hard_entities)),
        ]
        if self._synonyms:
            steps.append(Synonyms(self._synonyms))
        return [*steps, Readings(lexicon)]
