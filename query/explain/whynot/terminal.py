"""What became of a product, for people."""

from rich.table import Table
from rich.text import Text

from query.explain.card import plain, signed
from query.explain.terminal import console, grid
from query.explain.whynot.answer import Answer, Comparison

_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "cyan")}
_LEAST = 0.0005


def show(answer: Answer) -> None:
    """Print the way of the product, and its score beside another's."""
    out = console()
    out.print(Text(verdict(answer), "bold"))
    table = grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in answer.checks:
        mark, colour = _MARKS[check.passed]
        table.add_row(Text(mark.rjust(3), colour), check.name, plain(check.said))
    out.print(table)
    if answer.against:
        out.print(
            Text(f"\nAgainst place {answer.against.place}, {plain(answer.against.id)}:", "bold")
        )
        out.print(_shares(answer.against))


def verdict(answer: Answer) -> str:
    """Return in one line what became of the product."""
    asked = f"“{plain(answer.query)}”"
    if answer.lost == "stored":
        return f"{plain(answer.id)} does not exist"
    if answer.place is None:
        return f"{plain(answer.id)} is not in the ranking for {asked}: lost at {answer.lost}"
    return f"{plain(answer.id)} comes at place {answer.place} for {asked}"


def _shares(against: Comparison) -> Table:
    table = grid()
    table.add_column(no_wrap=True)
    for head in ("its share", "theirs", "difference"):
        table.add_column(head, justify="right")
    table.show_header = True
    for one in against.shares:
        difference = one.its - one.theirs
        if max(abs(one.its), abs(one.theirs)) >= _LEAST:
            colour = "red" if difference < 0 else "green"
            told = Text(signed(difference), colour)
            table.add_row("", one.term, signed(one.its), signed(one.theirs), told)
    return table
