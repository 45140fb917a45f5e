"""What a rule says about a field, checked against the catalogue.

The catalogue is the context of validation; rules that are made without one are not checked.
"""

from pydantic import ValidationInfo

from mappings.tables import MisplacedError, Type


def require_field(name: str, key: str, info: ValidationInfo) -> None:
    """Refuse a field that the catalogue does not have; `key` is where the rule names it."""
    if info.context and name not in info.context.fields:
        known = ", ".join(sorted(info.context.fields))
        raise MisplacedError(key, f"{name!r} is not a field; the catalogue has {known}")


def require_type(name: str, types: tuple[Type, ...], what: str, info: ValidationInfo) -> None:
    """Refuse a field that the catalogue does not have, or not with exact values of these types."""
    require_field(name, "field", info)
    if info.context:
        found = info.context.fields[name].type
        if found not in types or info.context.filter_field(name) is None:
            raise MisplacedError(
                "field", f"{what} needs type {' or '.join(types)}, {name!r} is of type {found!r}"
            )
