"""All rounds in a table that one reads in a minute."""

from typing import Any

from query.learn.journal import LAST, Journal, Round

Json = dict[str, Any]

COLUMNS = ("round", "began", "pairs", "on clicks", "on people's", "experiment", "outcome", "why")


def history(journal: Journal) -> list[Json]:
    """Return a line per round, the first first; what a round did not come to is None."""
    return [_line(each) for each in journal.rounds]


def _line(each: Round) -> Json:
    judged, trained = each.read("judgments") or {}, each.read("training") or {}
    gate, tried = each.read("gate") or {}, each.read("experiment") or {}
    record = each.read(LAST) or {"outcome": "open", "reason": ""}
    change = gate["golden"] - gate["golden_in_force"] if gate else None
    return {
        "round": each.number,
        "began": judged.get("at"),
        "pairs": judged.get("pairs"),
        "on clicks": trained.get("gain"),
        "on people's": None if change is None else round(change, 4),
        "experiment": tried.get("decision"),
        "outcome": record["outcome"],
        "why": record["reason"],
    }
