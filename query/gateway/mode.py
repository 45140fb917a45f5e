"""Who ranks a search: the request's own word, then the rule of its index, then the hybrid."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast, get_args

from connector.settings import GatewayMode
from query.gateway.refuse import malformed

Json = dict[str, Any]

MODES: tuple[GatewayMode, ...] = get_args(GatewayMode)
_ON = ("1", "true")


@dataclass(frozen=True)
class Wish:
    """What a request says to the gateway itself.

    Attributes:
        mode: who ranks; None where it does not say.
        explain: whether the response tells what happened.
        body: without what was said; the same object where nothing was.
    """

    mode: GatewayMode | None
    explain: bool
    body: Json

    @classmethod
    def read(cls, headers: Mapping[str, str], body: Json) -> "Wish":
        """Read `X-Connector-Mode`, `X-Connector-Explain` and `ext.connector`; headers count first.

        Raises:
            Refused: 400, a mode that there is not.
        """
        ext = body.get("ext")
        said = ext.get("connector") if isinstance(ext, dict) else None
        if isinstance(ext, dict) and "connector" in ext:
            rest = {name: part for name, part in ext.items() if name != "connector"}
            body = {name: part for name, part in body.items() if name != "ext"}
            body |= {"ext": rest} if rest else {}
        if said is not None and not (isinstance(said, dict) and said.keys() <= {"mode", "explain"}):
            raise malformed("ext.connector is an object with mode and explain, and nothing else")
        said = said or {}
        mode = headers.get("x-connector-mode") or said.get("mode")
        if mode is not None and mode not in MODES:
            raise malformed(f"the mode is none of {', '.join(MODES)}")
        explain = (
            headers.get("x-connector-explain", "").lower() in _ON or said.get("explain") is True
        )
        return cls(cast("GatewayMode | None", mode), explain, body)


def ruled(index: str, rules: Mapping[str, GatewayMode]) -> GatewayMode:
    """Return the mode of an index: a rule by its name, or the first whose pattern it meets."""
    if index in rules:
        return rules[index]
    return next((mode for name, mode in rules.items() if fnmatchcase(index, name)), "hybrid")
