"""The public suite of REST tests: reads its files and runs them by HTTP against any address.

Its language: rest-api-spec/test/README.asciidoc in the suite itself.
"""

import json
import operator
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import yaml

Json = dict[str, Any]
# Sends method, target, headers and content.
Send = Callable[[str, str, dict[str, str], bytes], httpx.Response]

_CATCHES = {
    "bad_request": range(400, 401),
    "unauthorized": range(401, 402),
    "forbidden": range(403, 404),
    "missing": range(404, 405),
    "request_timeout": range(408, 409),
    "conflict": range(409, 410),
    "unavailable": range(503, 504),
    "request": range(400, 600),
}
_BESIDE = ("catch", "headers", "warnings", "allowed_warnings", "node_selector")
_LINES = ("bulk", "msearch", "msearch_template")
_COMPARED = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}
_NOTHING = (None, "", 0, False, "false", "0", "None")


class FailedError(AssertionError):
    """Raised when a step's expectation is not met."""


class _Loader(yaml.SafeLoader):
    """Reads dates as the texts that they are in a request."""


_Loader.yaml_implicit_resolvers = {
    sign: [pair for pair in pairs if not pair[0].endswith(":timestamp")]
    for sign, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Section:
    """One test.

    Attributes:
        name: its file's and its own.
        steps: the setup's and its own, in order.
        teardown: steps afterwards, whatever came.
    """

    name: str
    steps: list[Json]
    teardown: list[Json]


@dataclass(frozen=True)
class Suite:
    """The archive of the suite.

    Args:
        archive: as Maven Central has it.
    """

    archive: Path

    def sections(self) -> Iterator[Section]:
        """Yield every test."""
        with zipfile.ZipFile(self.archive) as opened:
            for name in sorted(opened.namelist()):
                if name.endswith(".yml"):
                    file = name.partition("/test/")[2].removesuffix(".yml")
                    yield from _sections(file, opened.read(name).decode())

    def calls(self) -> dict[str, Json]:
        """Return the description of every call by its name."""
        with zipfile.ZipFile(self.archive) as opened:
            files = [name for name in opened.namelist() if "/api/" in name and name[-5:] == ".json"]
            return {k: v for file in files for k, v in json.loads(opened.read(file)).items()}


@dataclass
class Run:
    """One test on its way.

    Args:
        calls: descriptions by name.
        send: sends a request.
    """

    calls: Mapping[str, Json]
    send: Send
    stash: Json = field(default_factory=dict)
    answer: Any = None

    def outcome(self, section: Section) -> str:
        """Return where a test failed and how; nothing where it passed."""
        try:
            for place, step in enumerate(section.steps):
                ((kind, what),) = step.items()
                try:
                    self._step(kind, what)
                except FailedError as error:
                    return f"step {place}, {kind}: {error}"
            return ""
        finally:
            for step in section.teardown:
                if "do" in step:
                    self._do({**step["do"], "catch": "any"})

    def _step(self, kind: str, what: Any) -> None:
        if kind == "do":
            self._do(what)
        elif kind in {"is_true", "is_false"}:
            found = self._found(what)
            _require((found in _NOTHING) is (kind == "is_false"), what)
        elif kind == "set":
            for path, name in what.items():
                self.stash[name] = self._found(path)
        elif kind != "skip":
            ((path, wanted),) = what.items()
            self._compare(kind, path, self._filled(wanted))

    def _compare(self, kind: str, path: str, wanted: Any) -> None:
        found = self._found(path)
        if kind == "match":
            _require(_matches(found, wanted), path)
        elif kind == "length":
            _require(hasattr(found, "__len__") and len(found) == int(wanted), path)
        elif kind in _COMPARED:
            _require(found is not None and _COMPARED[kind](found, wanted), path)
        else:
            raise FailedError("a step of a kind that is not known")

    def _do(self, what: Json) -> None:
        ((name, given),) = ((k, v) for k, v in what.items() if k not in _BESIDE)
        if name not in self.calls:
            raise FailedError("a call that is not known")
        given = self._filled(given or {})
        headers = {k.lower(): str(v) for k, v in self._filled(what.get("headers") or {}).items()}
        request = _request(self.calls[name], name, given)
        if request is None:
            _require(what.get("catch") in {"param", "any"}, "a parameter is missing")
            return
        method, target, content = request
        kind = "application/x-ndjson" if name in _LINES else "application/json"
        said = {"content-type": kind} if content else {}
        answer = self.send(method, target, {**said, **headers}, content)
        self.answer = _read(method, answer)
        _expect(what.get("catch"), answer, given.get("ignore"), method)

    def _found(self, path: Any) -> Any:
        path = str(self._filled(str(path)))
        found = self.answer
        for name in [] if path in {"", "$body"} else re.split(r"(?<!\\)\.", path):
            key = str(self._filled(name.replace("\\.", ".")))
            if isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict):
                some = next(iter(found), None) if key == "_arbitrary_key_" else found.get(key)
                found = some
            else:
                return None
        return found

    def _filled(self, value: Any) -> Any:
        """Return a value with what was stashed in the place of its names."""
        if isinstance(value, dict):
            return {self._filled(name): self._filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if not isinstance(value, str):
            return value
        if value.startswith("$") and value.strip("${}") in self.stash:
            return self.stash[value.strip("${}")]
        return re.sub(r"\$\{(\w+)\}", lambda one: str(self.stash.get(one[1], one[0])), value)


def _sections(file: str, text: str) -> Iterator[Section]:
    documents = [one for one in yaml.load_all(text, _Loader) if one]
    parts = {str(name): steps for one in documents for name, steps in one.items()}
    before, after = parts.pop("setup", None) or [], parts.pop("teardown", None) or []
    for name, steps in parts.items():
        yield Section(f"{file}: {name}", [*before, *(steps or [])], after)


def _request(call: Json, name: str, given: Json) -> tuple[str, str, bytes] | None:
    """Return method, target and content; None where a part of every path is missing."""
    paths = call["url"]["paths"]
    fitting = [one for one in paths if given.keys() >= set(one.get("parts", ()))]
    if not fitting:
        return None
    best = max(fitting, key=lambda one: ("deprecated" not in one, len(one.get("parts", ()))))
    path, parts = best["path"], best.get("parts", {})
    for part in parts:
        path = path.replace(f"{{{part}}}", quote(_text(given[part]), safe=",*"))
    apart = {*parts, "body", "ignore"}
    query = urlencode({key: _text(value) for key, value in given.items() if key not in apart})
    content = _content(name, given.get("body"))
    methods = best["methods"]
    sending = [one for one in methods if one in {"POST", "PUT"}]
    method = sending[0] if content and sending else methods[0]
    return method, f"{path}?{query}" if query else path, content


def _content(name: str, body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return (body if body.endswith("\n") or name not in _LINES else body + "\n").encode()
    if isinstance(body, list) and name in _LINES:
        lines = (one if isinstance(one, str) else json.dumps(one) for one in body)
        return "".join(f"{line.strip()}\n" for line in lines).encode()
    return json.dumps(body).encode()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(method: str, answer: httpx.Response) -> Any:
    if method == "HEAD":
        return answer.is_success
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _expect(catch: Any, answer: httpx.Response, ignored: Any, method: str) -> None:
    status = answer.status_code
    if catch is None:
        missing = method == "HEAD" and status == 404
        _require(status < 400 or missing or str(status) in _text(ignored), str(status))
    elif str(catch).startswith("/"):
        found = re.search(str(catch).strip("/"), answer.text.replace('\\"', '"'), re.VERBOSE)
        _require(status >= 400 and found is not None, f"{status}, not {catch}")
    elif catch in _CATCHES:
        _require(status in _CATCHES[catch], f"{status}, not {catch}")


def _matches(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and wanted.strip().startswith("/") and wanted.strip()[-1] == "/":
        pattern = wanted.strip()[1:-1]
        return re.search(pattern, str(found), re.VERBOSE | re.MULTILINE) is not None
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(
            _matches(found[name], each) for name, each in wanted.items()
        )
    return bool(found == wanted) or (str(found) == str(wanted) and not isinstance(wanted, str))


def _require(met: bool, what: Any) -> None:
    if not met:
        raise FailedError(str(what))
