"""What has to hold for a figure to be the one that is meant."""


def expect(true: bool, found: object) -> None:
    """End the benchmark where something else was measured.

    Args:
        true: what has to hold.
        found: is shown where it does not.
    """
    if not true:
        raise SystemExit(f"something else was measured than what was meant: {found}")
