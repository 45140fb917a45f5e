"""The public suite of REST tests, to a cluster and through gateways: each test ends the same way.

`python -m trials.rest [--only search msearch] [--opensearch 2.19]`: a line of figures as each group of
tests ends, then all of them together.
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import httpx
from kit.node import node
from kit.rest_suite import Run, Section, Send, Suite
from plugins.gateway import serving

from connector.local.maven import Artifact, fetch
from connector.local.versions import Release
from connector.settings import GatewaySettings, Settings
from query.gateway import route
from query.gateway.refuse import Refused

Json = dict[str, Any]

# The last version under a free licence, from which OpenSearch went its own way.
SUITE = Artifact("org.elasticsearch", "rest-api-spec", "7.10.2", alone=True)
# Of what stands in the answer to these two requests see the same.
_SAME = (
    *("_search", "_msearch", "_count", "_explain", "_mget", "_doc", "_source", "_field_caps"),
    *("_validate", "_termvectors", "_mtermvectors", "_analyze", "_mapping", "_settings", "_alias"),
    *("_search_shards", "_render", "_scripts", "_index_template", "_template", "_resolve"),
)
_PASSING = re.compile(rb'"(took|_scroll_id|pit_id|creation_date|uuid)"( ?: ?)("[^"]*"|\d+)')
# Explanations name objects of Java by their place in memory.
_OBJECT = re.compile(rb"@[0-9a-f]{6,8}\b")
_REFUSED = b"the connector's gateway"
_CAPPED = b"see the settings gateway."
_FORBIDDEN = 403
_PATIENCE_S = 120.0
# Each request comes from a page of another site, which the cluster lets read.
_ORIGIN = {"origin": "https://shop.example"}
_OPEN = ("http.cors.enabled: true", f"http.cors.allow-origin: {_ORIGIN['origin']}")
_WIPED = (
    ("DELETE", "/_data_stream/*"),
    ("DELETE", "/*?expand_wildcards=all"),
    ("DELETE", "/_template/*"),
    ("DELETE", "/_index_template/*"),
    ("DELETE", "/_component_template/*"),
    ("DELETE", "/_search/scroll/_all"),
    ("DELETE", "/_search/point_in_time/_all"),
)


@dataclass
class Tally:
    """What came of some tests.

    Attributes:
        ends: tests by how they end at the cluster.
        otherwise: those that do not end the same way through the gateways.
        compared: answers held against the cluster's own.
        differing: those that are not the same.
        refused: requests by why a gateway that reads refused them.
        let_through: requests that it did not refuse, and had to.
    """

    ends: Counter[str] = field(default_factory=Counter)
    otherwise: list[str] = field(default_factory=list)
    compared: int = 0
    differing: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    let_through: list[str] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def figures(self) -> Json:
        """The same in words."""
        return {
            "tests to the cluster": dict(self.ends),
            "tests that end otherwise": self.otherwise,
            "answers compared": self.compared,
            "answers that differ": self.differing,
            "refused by a gateway that reads": dict(self.refused),
            "what it lets through": self.let_through,
        }


class Ways:
    """The same requests to the cluster, and through gateways that are held against it."""

    def __init__(self, cluster: str, everything: str, reads: str) -> None:
        self.urls = {"cluster": cluster, "everything": everything, "reads": reads}
        self.tally = Tally()
        self._client = httpx.Client(timeout=_PATIENCE_S)

    def send(self, way: str) -> Send:
        """Return what sends a request that way; a gateway that only reads refuses what writes.

        That goes past it then.
        """

        def sent(
            method: str, target: str, headers: dict[str, str], content: bytes
        ) -> httpx.Response:
            path, _, query = target.partition("?")
            try:
                call = route.read(method, path.encode(), query.encode())
            except Refused as refused:
                # Paths that can be read in two ways go through no gateway.
                if way != "cluster":
                    self._require_told(refused, self._ask(way, method, target, headers, content))
                return self._ask("cluster", method, target, headers, content)
            to = way
            if way == "reads" and not call.reads:
                self._require_refused(self._ask(way, method, target, headers, content))
                to = "cluster"
            got = self._ask(to, method, target, headers, content)
            if to == "reads" and (_REFUSED in got.content or _CAPPED in got.content):
                self.tally.refused[got.json()["error"]["reason"]] += 1
                return self._ask("cluster", method, target, headers, content)
            # A test that names the cache counts how often it was asked.
            once = path.endswith("scroll") or "request_cache" in call.parameters
            if to != "cluster" and call.verb in _SAME and not once:
                self._compare(got, self._ask("cluster", method, target, headers, content))
            return got

        return sent

    def wipe(self) -> None:
        """Leave nothing of a test."""
        for name in self._ask("cluster", "GET", "/_snapshot", {}, b"").json():
            for target in (f"/_snapshot/{name}/*", f"/_snapshot/{name}"):
                self._ask("cluster", "DELETE", target, {}, b"")
        for method, target in _WIPED:
            self._ask("cluster", method, target, {}, b"")
        plain = {"persistent": {"*": None}, "transient": {"*": None}}
        said = {"content-type": "application/json"}
        self._ask("cluster", "PUT", "/_cluster/settings", said, json.dumps(plain).encode())
        prepare(self.urls["cluster"])

    def _ask(
        self, way: str, method: str, target: str, headers: dict[str, str], content: bytes
    ) -> httpx.Response:
        return self._client.request(
            method, self.urls[way] + target, headers=headers | _ORIGIN, content=content
        )

    def _require_told(self, refused: Refused, got: httpx.Response) -> None:
        """Note a path that a gateway does not refuse, or in another way than it is to."""
        if got.status_code == refused.status:
            self.tally.refused[refused.reason] += 1
        else:
            line = f"{got.request.method} {got.request.url.raw_path.decode()}"
            self.tally.let_through.append(f"{line}: {got.status_code}")

    def _require_refused(self, got: httpx.Response) -> None:
        """Note what a gateway that reads does not refuse; an answer to HEAD does not say by whom."""
        if got.status_code == _FORBIDDEN and (_REFUSED in got.content or not got.content):
            self.tally.refused["a write"] += 1
        else:
            line = f"{got.request.method} {got.request.url.raw_path.decode()}"
            self.tally.let_through.append(f"{line}: {got.status_code} {got.content[:300]!r}")

    def _compare(self, got: httpx.Response, want: httpx.Response) -> None:
        self.tally.compared += 1
        told = [(one.status_code, _told(one), _lasting(one.content)) for one in (got, want)]
        if told[0] != told[1] and not _same_parts(*told):
            line = f"{got.request.method} {got.request.url.raw_path.decode()}"
            shown = [f"{one[:2]} {bytes(one[2][:300])!r}" for one in told]
            self.tally.differing.append(f"{line}: {shown[0]}, not {shown[1]}")


def _same_parts(mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> bool:
    """Return whether answers differ in what two of the cluster itself differ: order, and profiles' times."""
    try:
        return mine[:2] == theirs[:2] and _untimed(mine[2]) == _untimed(theirs[2])
    except ValueError:
        return False


def _untimed(content: bytes) -> Any:
    body = json.loads(content)
    if isinstance(body, dict) and "profile" in body:
        body["profile"] = re.sub(r"\d+", "0", json.dumps(body["profile"], sort_keys=True))
    return body


def _lasting(content: bytes) -> bytes:
    """Return an answer without what two answers to the same request never have in common."""
    return _OBJECT.sub(b"@", _PASSING.sub(rb'"\1"\g<2>0', content))


def _told(answer: httpx.Response) -> Json:
    """Return the headers, without what a connection needs and what moves with the times in a body."""
    apart = {"content-length", "content-encoding", "connection", "vary"}
    return {name: value for name, value in answer.headers.items() if name not in apart}


def prepare(url: str) -> None:
    """Have the cluster as the suite expects one."""
    body = {"persistent": {"action.auto_create_index": "true"}}
    httpx.put(f"{url}/_cluster/settings", json=body, timeout=_PATIENCE_S).raise_for_status()


@contextmanager
def ways(release: Release) -> Iterator[Ways]:
    """A node of its own and two gateways before it: one lets everything through, one reads."""
    with tempfile.TemporaryDirectory(prefix="trial-repo-") as repository:
        Path(repository).chmod(0o777)
        lines = (f"path.repo: {repository}", "node.attr.testattr: test", *_OPEN)
        with node(*lines, release=release) as cluster:
            settings = cluster.serve(Settings())
            cluster_url = cluster.access.url
            prepare(cluster_url)
            with (
                serving(_with(settings, GatewaySettings(allow="everything"))) as everything,
                serving(_with(settings, GatewaySettings())) as reads,
            ):
                yield Ways(cluster_url, everything, reads)


def _with(settings: Settings, own: GatewaySettings) -> Settings:
    patient = settings.opensearch.model_copy(update={"timeout_s": _PATIENCE_S})
    return settings.model_copy(update={"gateway": own, "opensearch": patient})


def trial(suite: Suite, only: tuple[str, ...], release: Release) -> Iterator[tuple[str, Tally]]:
    """Run the tests whose names begin so every way; yield what came of each group as it ends."""
    calls = suite.calls()
    chosen = (section for section in suite.sections() if section.name.startswith(only))
    with ways(release) as opened:
        for group, sections in groupby(chosen, lambda section: section.name.partition("/")[0]):
            opened.tally = Tally()
            for section in sections:
                each = {way: _outcome(calls, opened, way, section) for way in opened.urls}
                opened.tally.ends["passed" if not each["cluster"] else "failed"] += 1
                if len(set(each.values())) > 1:
                    opened.tally.otherwise.append(f"{section.name}: {each}")
            yield group, opened.tally


def _outcome(calls: Json, opened: Ways, way: str, section: Section) -> str:
    try:
        return Run(calls, opened.send(way)).outcome(section)
    finally:
        opened.wipe()


def main() -> None:
    """Fetch the suite, run it, print the figures of each group and of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[""], help="beginnings of names, e.g. search")
    parser.add_argument("--opensearch", choices=get_args(Release), default="3.6")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        found = fetch({"suite": [SUITE]}, Path(folder), "the suite", 1)
        suite, total = Suite(found["suite"][0]), Tally()
        for group, tally in trial(suite, tuple(given.only), given.opensearch):
            print(json.dumps({"group": group, **tally.figures}), flush=True)
            total += tally
        print(json.dumps(total.figures, indent=2), flush=True)


if __name__ == "__main__":
    main()
