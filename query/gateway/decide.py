"""Which searches are ranked: by their index, the mode, and whether they are recognised."""

from collections.abc import Mapping
from typing import Literal

from connector.settings import GatewayMode
from query.gateway.indices import Indices, Opened
from query.gateway.job import Job, Search
from query.gateway.mode import ruled
from query.gateway.outcome import Left, passed
from query.gateway.rank.point import is_of
from query.gateway.recognise.reasons import Reason
from query.gateway.recognise.request import recognise


def decide(search: Search, indices: Indices, rules: Mapping[str, GatewayMode]) -> Job | Left:
    """Return what is ranked, or why the cluster ranks; nothing is sent.

    Args:
        search: as it came in.
        indices: that are open, or opened once they are named.
        rules: modes by index.
    """
    if search.mode == "pass":
        return passed(Reason.MODE)
    opened = _opened(search, indices)
    index = opened.live.alias if isinstance(opened, Opened) else search.index
    mode = search.mode or ruled(index, rules)
    if mode == "pass":
        return passed(Reason.MODE)
    if not isinstance(opened, Opened):
        return passed(Reason.OPENING if opened == "opening" else Reason.INDEX)
    asked = recognise(search.body, search.parameters, opened.prose, opened.stopped)
    if isinstance(asked, Reason):
        return passed(asked)
    job = Job(search, opened, asked)
    return job if mode == "hybrid" else Left("shadow", "mode", Reason.MODE.words, job)


def _opened(search: Search, indices: Indices) -> Opened | Literal["opening", "foreign"]:
    pit = search.body.get("pit")
    if search.index and pit is not None:
        # A point in time has its index; the cluster refuses another.
        return "foreign"
    if search.index or not isinstance(pit, dict):
        return indices.get(search.index) if search.index else "foreign"
    found = [one for one in indices.opened() if is_of(str(pit.get("id")), one.live)]
    return indices.get(found[0].live.alias) if found else "foreign"
