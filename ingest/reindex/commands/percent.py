"""A share that people write as `10%`."""

import re
from typing import Any

import click

_FORM = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")


class Percent(click.ParamType[float]):
    """Reads `10%` as 0.1; more than nothing and no more than all."""

    name = "percent"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share, above 0 and up to 1."""
        if isinstance(value, float):
            return value
        found = _FORM.fullmatch(value.strip())
        share = float(found[1]) / 100 if found else 0.0
        if not 0 < share <= 1:
            self.fail(f"{value!r} is no share; write for example 10%, up to 100%", param, ctx)
        return share
