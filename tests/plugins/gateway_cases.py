"""Search requests by feature, from files that hold nothing else: name, call, parameters, body."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]

FOLDER = Path(__file__).parents[1] / "query" / "gateway" / "conformance"
# As long as the vectors of the tests' model.
_VECTOR = [0.125] * 32


@dataclass(frozen=True)
class Case:
    """One request of a client.

    Attributes:
        feature: of the query language; the file it stands in.
        name: of the case.
        call: after the index.
        query: string of parameters.
        body: one object, the lines of several searches, or none.
        pit: whether it is asked in a point in time, and so without an index.
        since: major version of OpenSearch that understands it first.
    """

    feature: str
    name: str
    call: str
    query: str
    body: Json | list[Json] | None
    pit: bool
    since: int

    @property
    def lines(self) -> bool:
        """Whether the body is several searches, a line each."""
        return isinstance(self.body, list)

    def wrong(self, major: int) -> bool:
        """Whether the answer of that version is an error."""
        nothing = self.feature == "errors" or self.name.startswith("no such")
        return nothing or major < self.since

    def __str__(self) -> str:
        return f"{self.feature}: {self.name}"


def read() -> list[Case]:
    """Return every case of every file."""
    return [
        Case(
            file.stem,
            one["name"],
            one.get("call", "_search"),
            one.get("query", ""),
            one["body"],
            one.get("pit", False),
            one.get("since", 2),
        )
        for file in sorted(FOLDER.glob("*.json"))
        for one in json.loads(file.read_text("utf-8"))
    ]


Ask = Callable[..., httpx.Response]


def ask(
    client: httpx.Client, case: Case, headers: Mapping[str, str], names: Mapping[str, str]
) -> httpx.Response:
    """Send a case.

    Args:
        client: of the cluster or of a gateway.
        case: what to ask.
        headers: on top.
        names: what the placeholders stand for: `$ALIAS`, `$INDEX`, `$TEMPLATE`, `$PIT`.
    """
    where = "" if case.pit else "/" + names["$ALIAS"]
    path = f"{where}/{case.call}" + (f"?{case.query}" if case.query else "")
    if case.body is None:
        return client.get(path, headers=headers)
    sent = {"content-type": f"application/{'x-nd' if case.lines else ''}json", **headers}
    return client.post(path, content=written(case, names), headers=sent)


def written(case: Case, names: Mapping[str, str]) -> str:
    """Return a case's body with the names that its placeholders stand for."""
    if case.lines:
        text = "".join(json.dumps(line) + "\n" for line in case.body or ())
    else:
        point = {"pit": {"id": "$PIT"}} if case.pit else {}
        text = json.dumps({**(case.body or {}), **point})  # type: ignore[dict-item]
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return text.replace('"$VECTOR"', str(_VECTOR))
