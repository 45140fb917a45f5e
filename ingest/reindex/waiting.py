"""What a run that waits for somebody is doing, and what can be typed meanwhile."""

from ingest.reindex.run import Run, State

_DECISIONS = {
    State.CANARY: ("resume {id} --canary 100%", "abort {id}"),
    State.SWITCHED: ("finish {id}", "rollback {id}"),
}
_SENTENCES = {
    State.CANARY: "{share:.0%} of query texts search it through the gateway, and both indices are "
    "fed; in another terminal `{0}` lets all of them, `{1}` none",
    State.SWITCHED: "searches reach it, and both indices are fed; in another terminal `{0}` deletes "
    "{old}, `{1}` goes back to it",
}


def decisions(run: Run) -> tuple[str, ...]:
    """Return the commands of which one ends the waiting; none where nobody has to decide."""
    given = _DECISIONS.get(run.state, ())
    return tuple(f"connector reindex {each.format(id=run.id)}" for each in given)


def sentence(run: Run) -> str:
    """Return what a run is doing and what to type, in one line."""
    told = _SENTENCES[run.state].format(*decisions(run), old=run.old, share=run.canary or 0.0)
    return f"{run.id}: {run.state}; {told}"
