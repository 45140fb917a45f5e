"""Everything after fusion of one open index: rules in force, models loaded once."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.settings import EncoderSettings
from mappings.catalogue import Catalogue
from query.after.build import Tools, build
from query.after.live import LiveRules
from query.after.rerank.cross_encoder import CrossEncoderScorer
from query.after.rerank.late_interaction import LateInteraction
from query.after.rerank.reranking import Reranking
from query.after.rerank.scorer import Scorer
from query.after.rerank.stage import Sources
from query.ranking import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.encoder import Encoder


class AfterFusion:
    """Makes the stages of each search. Threads may share it.

    Args:
        file: of the rules.
        catalogue: of the index.
        encoder: returns the index's model, loading it the first time.
        settings: where and how a cross-encoder runs.

    Raises:
        RulesError: the file is wrong.
    """

    def __init__(
        self,
        file: Path,
        catalogue: Catalogue,
        encoder: "Callable[[], Encoder]",
        settings: EncoderSettings,
    ) -> None:
        self._rules = LiveRules(file, catalogue)
        self._catalogue, self._encoder, self._settings = catalogue, encoder, settings
        self._scorers: dict[tuple[str | None, str | None], Scorer] = {}

    def stages(
        self, sources: Sources, at: datetime | None = None, *, patient: bool = False
    ) -> tuple[Stage, ...]:
        """Return the stages of one search, in order.

        Args:
            sources: brings stored fields of products by id, as this search sees them.
            at: with a zone; what dates and freshness are measured by; now when left out.
            patient: rerank without a time budget, for searches whose pages must agree.
        """
        rules, _ = self._rules.current()
        scorer = self._scorer(rules.rerank) if rules.rerank else None
        tools = Tools(self._catalogue, sources, scorer)
        return build(rules, tools, at or datetime.now(UTC), patient=patient)

    def load(self) -> None:
        """Load the reranker's model where the rules have one, so that no search waits for it.

        A fault is not raised: every search tells it, and stands without the reranker.
        """
        rules, _ = self._rules.current()
        if rules.rerank:
            with suppress(ConnectorError):
                self._scorer(rules.rerank).load()

    def notes(self) -> tuple[str, ...]:
        """Return what is wrong with the file of rules, for the user of each search."""
        _, fault = self._rules.current()
        return (fault,) if fault else ()

    def _scorer(self, rules: Reranking) -> Scorer:
        """Return the reranker's model, not loaded yet; the same for the same rules."""
        made: Scorer = (
            LateInteraction(self._encoder)
            if rules.model is None
            else CrossEncoderScorer(rules.model, rules.revision, self._settings)
        )
        # One step, so two threads get the same.
        return self._scorers.setdefault((rules.model, rules.revision), made)
