"""Weights files are read and written here, those of the package among them."""

import json
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from connector import files
from connector.errors import WeightsError
from query.weights.model import FORMAT, Model


def shipped(name: Literal["default", "hand"] = "default") -> Model:
    """Return the weights that come with the package: learned, or set by hand before learning."""
    return _parse(
        (resources.files(__package__) / f"{name}.json").read_text("utf-8"), f"{name}.json"
    )


def read(file: Path) -> Model:
    """Read a weights file.

    Raises:
        WeightsError: it cannot be read, is no JSON, has another format, an unknown term, a weight
            that is no number or has the wrong sign.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WeightsError(f"{file}: cannot be read ({reason})") from None
    return _parse(text, str(file))


def write(file: Path, model: Model) -> None:
    """Write a weights file, whole or not at all.

    Raises:
        WeightsError: the folder or the file cannot be written.
    """
    files.write(file, model.as_json(), WeightsError)


def in_force(file: Path | None) -> Model:
    """Return the weights of the setting `search.weights`, or the shipped ones without it.

    Raises:
        WeightsError: see `read`.
    """
    return read(file) if file else shipped()


def _parse(text: str, name: str) -> Model:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise WeightsError(f"{name}:{error.lineno}: not JSON ({error.msg})") from None
    format_ = found.get("format") if isinstance(found, dict) else None
    if format_ != FORMAT:
        raise WeightsError(
            f"{name}: format {format_!r}, expected {FORMAT}; train it again with this version"
        )
    try:
        return Model.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        said = fault["msg"].removeprefix("Value error, ")
        raise WeightsError(f"{name}: {where}{': ' if where else ''}{said}") from None
