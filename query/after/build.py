"""From rules to stages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mappings.catalogue import Catalogue
from query.after.boosts import Boosts
from query.after.collapse import Collapse
from query.after.diversity import Diversity
from query.after.hides import Hides
from query.after.pins import Pins
from query.after.rerank.scorer import Scorer
from query.after.rerank.stage import Rerank, Sources
from query.after.rules import Rules
from query.ranking import Stage

STAGES = tuple(stage.name for stage in (Hides, Rerank, Boosts, Collapse, Diversity, Pins))


@dataclass(frozen=True)
class Tools:
    """What stages need beside the rules.

    Attributes:
        catalogue: names the index fields.
        sources: brings stored fields of products by id, for the reranker.
        scorer: of the rules' reranker; None when they have none.
    """

    catalogue: Catalogue
    sources: Sources
    scorer: Scorer | None = None


def build(rules: Rules, tools: Tools, now: datetime, *, patient: bool = False) -> tuple[Stage, ...]:
    """Return the stages of one search, in order; cheap enough for every search.

    Args:
        rules: in force.
        tools: beside them.
        now: with a zone; what dates and freshness are measured by.
        patient: rerank without a time budget, for searches whose pages must agree.
    """
    return tuple(_stages(rules, tools, now, patient))


def _stages(rules: Rules, tools: Tools, now: datetime, patient: bool) -> Iterator[Stage]:
    today = now.date()
    pins = Pins(rules.pin, today)
    if rules.hide:
        yield Hides(rules.hide, today)
    if rules.rerank and tools.scorer:
        yield Rerank(rules.rerank, tools.scorer, tools.sources, patient=patient)
    if rules.boost:
        yield Boosts(rules.boost, _stored(rules, tools.catalogue), rules.guardrail.margin, now)
    if rules.collapse:
        field = rules.collapse.field
        yield Collapse(field, tools.catalogue.filter_field(field) or field, pins.wanted)
    if rules.diversity:
        yield Diversity(rules.diversity.relevance, rules.diversity.depth)
    if rules.pin:
        yield pins


def _stored(rules: Rules, catalogue: Catalogue) -> Mapping[str, str]:
    return {
        boost.field: catalogue.filter_field(boost.field) or boost.field for boost in rules.boost
    }
