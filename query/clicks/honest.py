"""Who is no shopper is left out: robots that click everything, and clients with many votes."""

from collections import defaultdict
from collections.abc import Sequence

from query.clicks.log import Page

# From so many pages on a client's habits show.
_PAGES = 3
# Shoppers click one product in ten that they are shown; who clicks half of them reads none.
_SHARE = 0.5
# A person does not ask more often in a quarter.
_MOST_PAGES = 1000


def honest(pages: Sequence[Page]) -> list[Page]:
    """Return the pages that shoppers saw, of each client the first for each query.

    Pages of nobody in particular are kept.
    """
    by_client: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        by_client[page.client].append(page)
    robots = {client for client, theirs in by_client.items() if client and _is_robot(theirs)}
    kept: list[Page] = []
    voted: set[tuple[str, str, int]] = set()
    for page in pages:
        vote = (page.client, page.query, page.from_)
        if page.client in robots or (page.client and vote in voted):
            continue
        voted.add(vote)
        kept.append(page)
    return kept


def _is_robot(pages: Sequence[Page]) -> bool:
    shown = sum(len(page.ids) for page in pages)
    clicked = sum(len(page.clicked) for page in pages)
    return len(pages) > _MOST_PAGES or (len(pages) >= _PAGES and clicked > _SHARE * shown)
