"""Accepted candidates become the rules of `accepted.txt`, all of them or none."""

from pathlib import Path

from connector.errors import RefusedError, SynonymsError
from connector.files import write
from query.understand.synonyms import candidates
from query.understand.synonyms.checks import objections
from query.understand.synonyms.folder import ACCEPTED, files, read
from query.understand.synonyms.solr import render

_HEAD = (
    "# Written by `connector synonyms apply` from the accepted candidates; it is written anew\n"
    "# each time. Rules by hand belong in curated.txt.\n"
)


def apply(folder: Path) -> tuple[Path, int]:
    """Write the accepted candidates as rules; return the file and how many there are.

    Raises:
        SynonymsError: a file of the folder is wrong.
        RefusedError: a rule contradicts a curated one, closes a circle or explodes, or the file
            holds rules that no candidate stands for; nothing was written.
    """
    accepted = [one for one in candidates.read(folder) if one.status == "accepted"]
    curated = [rule for file in files(folder) if file.name != ACCEPTED for rule in read(file)]
    _refuse_foreign(folder)
    told = objections(curated, accepted)
    if told:
        reasons = "; ".join(f"{name}: {', '.join(why)}" for name, why in told.items())
        raise RefusedError(
            f"{folder / ACCEPTED} was left as it is. {reasons}. Reject what is wrong with "
            f"`connector synonyms review --reject {next(iter(told))}`, or change the curated rule"
        )
    lines = [f"# {_note(one)}\n{render([one.rule()])}" for one in accepted]
    file = folder / ACCEPTED
    write(file, _HEAD + "".join(lines), SynonymsError)
    return file, len(accepted)


def _refuse_foreign(folder: Path) -> None:
    """A rule that somebody put into the file by hand would be lost without a word."""
    file = folder / ACCEPTED
    known = {one.rule() for one in candidates.read(folder)}
    for rule in read(file) if file.is_file() else []:
        if rule not in known:
            raise RefusedError(
                f"{rule.source}: {render([rule]).strip()!r} comes from no candidate and would be "
                "lost; move it to curated.txt"
            )


def _note(one: candidates.Candidate) -> str:
    lift = f", lift {one.lift.mean:+.3f} on {one.lift.queries} queries" if one.lift else ""
    return f"{one.id}: {one.source} {one.score:.2f}, in {one.df[0]} and {one.df[1]} titles{lift}"
