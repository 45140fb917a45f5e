"""What the commands ask and print."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

import click

from connector.commands import print_json
from query.understand.interpretation import Finding
from query.understand.synonyms.candidates import Candidate, Lift
from query.understand.synonyms.review import card, lift_line, plain, plain_lift, proposed


def ask(known: Sequence[Candidate]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Ask about each proposed candidate; yield (accepted, rejected) ids as they are answered."""
    waiting = proposed(known)
    for place, one in enumerate(waiting, 1):
        click.echo(f"\n{place} of {len(waiting)}\n{card(one)}")
        answer = click.prompt(
            "accept, reject, skip or quit", type=click.Choice("arsq"), show_choices=True
        )
        if answer == "q":
            return
        if answer != "s":
            yield ((one.id,), ()) if answer == "a" else ((), (one.id,))


def show_review(known: Sequence[Candidate], as_json: bool) -> None:
    """Print how many candidates stand where; as JSON also those that wait."""
    counts = Counter(one.status for one in known)
    states = {state: counts[state] for state in ("proposed", "accepted", "rejected")}
    if as_json:
        print_json({**states, "candidates": [plain(one) for one in proposed(known)]})
        return
    click.echo(", ".join(f"{count} {state}" for state, count in states.items()))


def show_fired(found: Sequence[Finding], as_json: bool) -> None:
    """Print what fires on a query, and which rule made it."""
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.text or one.kind}: {one.effect or '-'}  ({one.source})")
    if not found:
        click.echo("no rule fires")


def show_lifts(
    touched: Iterable[Candidate], together: Lift | None, total: int, as_json: bool
) -> None:
    """Print what was measured, the best first.

    Args:
        touched: candidates with a lift.
        together: of all proposed ones at once.
        total: how many were proposed.
        as_json: for scripts.
    """
    ordered = sorted(touched, key=lambda one: -one.lift.mean if one.lift else 0.0)
    if as_json:
        listed = [plain(one) for one in ordered]
        print_json({"candidates": listed, "together": plain_lift(together), "proposed": total})
        return
    for one in ordered:
        click.echo(f"{one.id}  {one.left}, {one.right}: {lift_line(one.lift)}  {one.status}")
    if together:
        click.echo(f"all together: {lift_line(together)}")
    click.echo(f"{len(ordered)} of {total} candidates touch a judged query")
