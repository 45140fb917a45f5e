"""Team-draft interleaving: two rankings choose in turns, and clicks are votes.

Radlinski, Kurup and Joachims (CIKM 2008). In each round a coin says who chooses first; each takes
its best product that is not in the list. The same shopper judges both rankings on one page, so it
takes far fewer shoppers than showing each of them one.
"""

from collections.abc import Sequence
from random import Random

from query.experiments.experiment import CONTROL, TREATMENT


def team_draft(
    control: Sequence[str], treatment: Sequence[str], size: int, random: Random
) -> list[tuple[str, str]]:
    """Return products, each with the team that chose it; none twice, `size` at most.

    Args:
        control: product ids, best first.
        treatment: likewise.
        size: of the list.
        random: the coin.
    """
    rankings = {CONTROL: list(control), TREATMENT: list(treatment)}
    chosen: list[tuple[str, str]] = []
    taken: set[str] = set()
    while len(chosen) < size:
        before = len(chosen)
        for team in random.sample((CONTROL, TREATMENT), 2):
            best = next((id_ for id_ in rankings[team] if id_ not in taken), None)
            if best is not None and len(chosen) < size:
                taken.add(best)
                chosen.append((best, team))
        if len(chosen) == before:
            break
    return chosen


def vote(teams: Sequence[str], clicked: Sequence[int]) -> int:
    """Return how many more clicks the treatment's products got than the control's."""
    return sum(1 if teams[place] == TREATMENT else -1 for place in clicked)
