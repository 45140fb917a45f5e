"""The step `synonyms`: what else the words of a query are called."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from query.understand.interpretation import Alternative, Finding, Interpretation
from query.understand.synonyms.matcher import Match, Matcher, Target
from query.understand.synonyms.units import key_of

# Words of the synonyms that one query takes, about: the engine takes 1,024 clauses, and each word is
# looked for in a handful of fields.
MOST_WORDS = 100


class Synonyms:
    """Adds an `Alternative` for each thing that a phrase of the query may stand for.

    A phrase that was removed, or to which another step gave an alternative, is left as it is, and
    so is a word whose synonym the user wrote, too.

    Args:
        matcher: the rules in force.
        faults: what is wrong with the files that they come from; told with every query.
    """

    name = "synonyms"

    def __init__(self, matcher: Matcher, faults: Sequence[str] = ()) -> None:
        self._matcher, self._faults = matcher, faults

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query with its alternatives and their evidence."""
        for fault in self._faults:
            query = query.noticed(Finding(self.name, "broken file", "", 0, 0, fault))
        written, room = _written(query.text), MOST_WORDS
        for match in list(self._matcher.matches(query.text, query.free)):
            targets = [one for one in match.targets if not written(one)]
            fitting = _fitting(targets, room)
            query = self._add(query, match, fitting)
            room -= sum(len(one.key) for one in fitting)
            if len(fitting) < len(targets):
                query = query.noticed(_left_out(query.text, match, targets[len(fitting) :]))
        return query

    def _add(
        self, query: Interpretation, match: Match, targets: Sequence[Target]
    ) -> Interpretation:
        text = query.text[match.start : match.end]
        for place, target in enumerate(targets):
            effect = f"also finds {target.text!r} with weight {target.weight:g}"
            query = query.noticed(
                Finding(self.name, "synonym", text, match.start, match.end, target.source, effect)
            )
            # One more text to embed is enough: docs/synonyms.md has the measurement.
            other = Alternative(
                *(match.start, match.end, target.text, target.weight, self.name),
                embed="no" if place else "beside",
            )
            query = replace(query, alternatives=(*query.alternatives, other))
        return query


def _fitting(targets: Sequence[Target], room: int) -> Sequence[Target]:
    """Return the first targets, the strongest, whose words together are no more than there is room for."""
    ends = accumulate(len(one.key) for one in targets)
    return targets[: sum(end <= room for end in ends)]


def _left_out(text: str, match: Match, targets: Sequence[Target]) -> Finding:
    words = text[match.start : match.end]
    others = (
        f"{len(targets)} of its synonyms are left out: a query takes {MOST_WORDS} words of them"
    )
    return Finding(
        Synonyms.name, "too many", words, match.start, match.end, targets[0].source, others
    )


def _written(text: str) -> Callable[[Target], bool]:
    """Return whether the words of a target stand in a text already."""
    keys = key_of(text)

    def written(target: Target) -> bool:
        size = len(target.key)
        return any(keys[at : at + size] == target.key for at in range(len(keys) - size + 1))

    return written
