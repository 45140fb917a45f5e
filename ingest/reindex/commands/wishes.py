"""What an operator may ask of a run whenever a command takes it in hand."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any

import click

from ingest.reindex.commands.percent import Percent

_OPTIONS = (
    click.option(
        "--override",
        "overridden",
        metavar="GATE",
        multiple=True,
        help="Switch also where this gate refuses; may be given several times.",
    ),
    click.option(
        "--rate",
        type=click.FloatRange(1),
        metavar="DOCS_PER_S",
        help="Carry at most so many documents a second.",
    ),
    click.option(
        "--window",
        "windows",
        metavar="HH:MM-HH:MM",
        multiple=True,
        help="Carry documents at this time of day only; may be given several times.",
    ),
    click.option(
        "--canary",
        type=Percent(),
        metavar="PERCENT",
        help="Once the gates pass, let this share of query texts search the new index through the "
        "gateway, and wait; 100% goes on to the switch.",
    ),
    click.option(
        "--until-switched",
        is_flag=True,
        help="End once searches reach the new index, instead of feeding both until a decision.",
    ),
)


@dataclass(frozen=True)
class Wishes:
    """What was asked; the ledger keeps all but `until_switched`, which is this command's own.

    Attributes:
        overridden: gates that may refuse.
        rate: documents a second at most.
        windows: times of day.
        canary: share of query texts, above 0 and up to 1.
        until_switched: whether the command ends at the switch.
    """

    overridden: tuple[str, ...]
    rate: float | None
    windows: tuple[str, ...]
    canary: float | None
    until_switched: bool

    @property
    def kept(self) -> dict[str, Any]:
        """What a run is to remember, by the names of its attributes; what was not asked is absent."""
        asked = asdict(self)
        del asked["until_switched"]
        return {name: value for name, value in asked.items() if value}


def wishes_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, and their values as one argument `wishes`."""

    @wraps(command)
    def gathered(*arguments: Any, **values: Any) -> None:
        names = Wishes.__dataclass_fields__
        wishes = Wishes(**{name: values.pop(name) for name in names})
        command(*arguments, wishes=wishes, **values)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered
