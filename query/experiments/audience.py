"""What a shopper gets: their part of an experiment where one runs, and a record of what they saw."""

from collections.abc import Callable
from dataclasses import replace

from query.experiments.experiment import Variant
from query.experiments.live import Part, Trials, interleaved
from query.request import SearchRequest
from query.response import SearchResponse
from query.ubi.recorder import Recorder
from query.ubi.shown import shown_of

# Answers a request by a ranking; the variant without weights is the one in force.
Answer = Callable[[SearchRequest, Variant], SearchResponse]
Answered = tuple[SearchResponse, str, tuple[str, ...]]


class Audience:
    """Stands between shoppers and rankings. Threads may share it.

    Args:
        recorder: of what is shown.
        trials: of the catalogue.
        alias: that is searched.
    """

    def __init__(self, recorder: Recorder, trials: Trials, alias: str) -> None:
        self.recorder = recorder
        self._trials, self._alias = trials, alias

    def answer(self, request: SearchRequest, answer: Answer) -> SearchResponse:
        """Return what this shopper is shown, recorded and named.

        Who asks for another system than `hybrid` gets it, and no experiment.
        """
        query_id = self.recorder.new_query_id()
        part = self._trials.part(request.asker) if request.system == "hybrid" else None
        found, variant, teams = _answered(request, part, answer, query_id)
        named = replace(found, query_id=query_id)
        shown = shown_of(request, named, self._alias)
        name = part.experiment.name if part and (variant or teams) else ""
        self.recorder.shown(replace(shown, experiment=name, variant=variant, teams=teams))
        return named


def _answered(request: SearchRequest, part: Part | None, answer: Answer, query_id: str) -> Answered:
    if part is None:
        return answer(request, Variant()), "", ()
    first = not request.from_ and request.cursor is None
    # What only a system of ours has is not asked of another.
    pages = [answer(replace(request, system=one.system), one) for one in part.rankings(first=first)]
    if len(pages) == 1:
        return pages[0], part.variant, ()
    page, teams = interleaved(pages[0], pages[1], request.size, query_id)
    return page, "", teams
