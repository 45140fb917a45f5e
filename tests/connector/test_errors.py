import inspect
import re

from connector import errors


def test_the_tree_drawn_at_the_top_is_the_tree() -> None:
    """Every error class stands in the drawing, and nothing stands there that does not exist."""
    assert errors.__doc__ is not None
    drawn = re.findall(r"[├└]── (\w+Error)", errors.__doc__)
    defined = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.ConnectorError)
    } - {"ConnectorError"}
    assert sorted(drawn) == sorted(defined)


def test_exit_codes_are_the_documented_ones() -> None:
    """Failed 1, usage 2, refused 3, try again later 75."""
    assert errors.StopError.exit_code == 1
    assert errors.UsageError.exit_code == 2
    assert errors.RefusedError.exit_code == 3
    assert errors.RetryLaterError.exit_code == 75
