"""The table: each system's nDCG@10, and what it has over others, query by query."""

from collections.abc import Mapping, Sequence

from query.evaluate.compare import Difference, Interval, compare, corrected, interval

# Smaller ones are not told apart.
_LEAST_P = 0.001

# nDCG@10 of each query, in the same order for every system of a catalogue.
Values = Sequence[float]


def rows(name: str, systems: Mapping[str, Values], against: Sequence[str]) -> list[str]:
    """Return the lines of one catalogue, as Markdown.

    Args:
        name: of the catalogue.
        systems: values by system, in the order to show.
        against: systems that the others are compared with.
    """
    compared = {base: _compared(systems, base) for base in against}
    return [
        " | ".join(
            [
                f"| {name}",
                system,
                _interval(interval(values)),
                *(_difference(compared[base].get(system)) for base in against),
            ]
        )
        + " |"
        for system, values in systems.items()
    ]


def header(against: Sequence[str]) -> list[str]:
    """Return the first two lines."""
    names = [
        "catalogue",
        "system",
        "nDCG@10 [95 %]",
        *(f"over {base} [95 %], p, W/L" for base in against),
    ]
    return [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]


def _compared(systems: Mapping[str, Values], base: str) -> dict[str, Difference]:
    others = [system for system in systems if system != base]
    found = corrected([compare(systems[other], systems[base]) for other in others])
    return dict(zip(others, found, strict=True))


def _interval(found: Interval) -> str:
    return f"{found.mean:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _difference(found: Difference | None) -> str:
    if found is None:
        return ""
    between = found.interval
    p = "<.001" if found.corrected < _LEAST_P else f"{found.corrected:.3f}"
    won = f"{found.wins}/{found.losses}"
    return f"{between.mean:+.3f} [{between.low:+.3f}, {between.high:+.3f}], {p}, {won}"
