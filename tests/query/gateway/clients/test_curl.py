"""curl, the real one: the forms in which people write requests, to the cluster and to the gateway."""

import gzip
import json
import re
import shlex
import subprocess
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop
from plugins.servers import PREFIX

from connector.settings import OpenSearchSettings, Settings

pytestmark = pytest.mark.server

JSON = "-H 'Content-Type: application/json'"
LINES = "-H 'Content-Type: application/x-ndjson'"
LAMPS = '{"query": {"match": {"title": "lamp"}}, "sort": ["price"], "size": 3}'
# Headers that have to be the same.
_TOLD = ("allow", "content-encoding", "content-length", "content-type", "location", "warning")
# What differs between two answers of the cluster itself.
_PASSING = re.compile(
    r'("?(?:took|_scroll_id|pit_id|_?size_in_bytes|epoch|timestamp|index_uuid)"?\s*:\s*)("[^"]*"|\d+)'
)

READS = {
    "root": "$URL/",
    "root, pretty": "$URL/?pretty",
    "search without a body": "$URL/$I/_search?sort=price",
    "GET with a body": f"-X GET $URL/$I/_search {JSON} -d '{LAMPS}'",
    "POST with a body": f"-X POST $URL/$I/_search?pretty {JSON} -d '{LAMPS}'",
    "body in a file": f"$URL/$I/_search {JSON} -d @$FOLDER/lamps.json",
    "--json": f"--json '{LAMPS}' $URL/$I/_search",
    "body without its type": f"$URL/$I/_search -d '{LAMPS}'",
    "body of a type that is none": f"$URL/$I/_search -H 'Content-Type: text/plain' -d '{LAMPS}'",
    "q": "-X GET '$URL/$I/_search?q=title:lamp&sort=price&size=2'",
    "q, encoded": "-G $URL/$I/_search --data-urlencode 'q=title:\"red lamp\" AND stock:[1 TO 3]'",
    "q with options": "'$URL/$I/_search?q=lamp&df=title&default_operator=AND&analyze_wildcard'",
    "source in the address": f"-G $URL/$I/_search --data-urlencode 'source={LAMPS}' "
    "-d source_content_type=application/json",
    "source without its type": f"-G $URL/$I/_search --data-urlencode 'source={LAMPS}'",
    "lines in the address": "-G $URL/_msearch --data-urlencode source@$FOLDER/lines "
    "-d source_content_type=application/x-ndjson",
    "lines": f"$URL/$I/_msearch {LINES} --data-binary @$FOLDER/lines",
    "lines that --data spoils": f"$URL/$I/_msearch {LINES} --data @$FOLDER/lines",
    "HEAD of an index": "-I $URL/$I",
    "HEAD of none": "-I $URL/$I-none",
    "HEAD of a document": "--head $URL/$I/_doc/p001",
    "HEAD of a search": "--head $URL/$I/_search",
    "OPTIONS": "-X OPTIONS $URL/$I/_search",
    "format=yaml": f"'$URL/$I/_search?format=yaml' {JSON} -d '{LAMPS}'",
    "Accept: yaml": f"-H 'Accept: application/yaml' $URL/$I/_search {JSON} -d '{LAMPS}'",
    "filter_path": f"'$URL/$I/_search?filter_path=hits.total,hits.hits._id' {JSON} -d '{LAMPS}'",
    "filter_path, less": f"'$URL/$I/_search?filter_path=-took,-hits.hits._source' {JSON} -d '{LAMPS}'",
    "human": f"'$URL/$I/_search?human&pretty=true' {JSON} -d '{LAMPS}'",
    "human numbers": "'$URL/$I/_stats/docs?human&filter_path=_all.primaries.docs'",
    "error": f'$URL/$I/_search {JSON} -d \'{{"query": {{"none": {{}}}}}}\'',
    "error_trace": "'$URL/$I-none/_search?error_trace=false'",
    "parameter that is none": f"'$URL/$I/_search?no_such' {JSON} -d '{LAMPS}'",
    "comma list": "'$URL/$I,$I-v1/_search?sort=price&size=2'",
    "wildcard": "'$URL/$I*/_search?sort=price&size=2'",
    "wildcard less a name": "'$URL/$I*,-$I/_search?sort=price&size=2'",
    "names that may miss": "'$URL/$I,$I-none/_search?ignore_unavailable=true&sort=price&size=2'",
    "date math": "'$URL/%3C$I-%7Bnow%2Fd%7D%3E/_search'",
    "date math in a list": "'$URL/%3C$I-%7Bnow%2FM%7Byyyy.MM%7D%7D%3E,$I/_count?ignore_unavailable'",
    "--compressed": f"--compressed $URL/$I/_search {JSON} -d '{LAMPS}'",
    "chunks": f"-H 'Transfer-Encoding: chunked' $URL/$I/_search {JSON} -d '{LAMPS}'",
    "chunks from a pipe": f"-X POST -T - $URL/$I/_search {JSON}",
    "gzip": f"-H 'Content-Encoding: gzip' $URL/$I/_search {JSON} --data-binary @$FOLDER/lamps.gz",
    "deflate": f"-H 'Content-Encoding: deflate' $URL/$I/_search {JSON} --data-binary @$FOLDER/lamps.z",
    "Expect": f"-H 'Expect: 100-continue' $URL/$I/_search {JSON} -d '{LAMPS}'",
    "no Expect": f"-H 'Expect:' $URL/$I/_search {JSON} -d '{LAMPS}'",
    "http/1.0": f"--http1.0 $URL/$I/_search {JSON} -d '{LAMPS}'",
    "an upgrade offered": f"-H 'Connection: Upgrade' -H 'Upgrade: websocket' $URL/$I/_search "
    f"{JSON} -d '{LAMPS}'",
    "a slash at the end": f"'$URL/$I/_search/?pretty' {JSON} -d '{LAMPS}'",
    "another site's page": f"-H 'Origin: https://shop.example' $URL/$I/_search {JSON} -d '{LAMPS}'",
    "its question before": "-X OPTIONS -H 'Origin: https://shop.example' "
    "-H 'Access-Control-Request-Method: POST' $URL/$I/_search",
    "a request id": f"-H 'X-Request-Id: 0123456789abcdef0123456789abcdef' $URL/$I/_search {JSON} "
    f"-d '{LAMPS}'",
    "a request id that is none": f"-H 'X-Request-Id: none' $URL/$I/_search {JSON} -d '{LAMPS}'",
    "Elasticsearch's own type": "$URL/$I/_search -H "
    f"'Content-Type: application/vnd.elasticsearch+json;compatible-with=7' -d '{LAMPS}'",
    "Elasticsearch's own form": "-H 'Accept: application/vnd.elasticsearch+json;compatible-with=7' "
    f"$URL/$I/_search {JSON} -d '{LAMPS}'",
    "any form": f"-H 'Accept: text/html, */*' $URL/$I/_search {JSON} -d '{LAMPS}'",
    "format=json": f"'$URL/$I/_search?format=json' {JSON} -d '{LAMPS}'",
    "term vectors of a text": f"'$URL/$I/_termvectors?fields=title' {JSON} "
    """-d '{"doc": {"title": "red lamp"}}'""",
    "twice over one connection": "'$URL/$I/_count' '$URL/$I/_doc/p001'",
    "request_cache": f"'$URL/$I/_search?request_cache=true&size=0' {JSON} -d '{LAMPS}'",
    "typed_keys": f"'$URL/$I/_search?typed_keys' {JSON} -d @$FOLDER/counted.json",
    "rest_total_hits_as_int": f"'$URL/$I/_search?rest_total_hits_as_int=true' {JSON} -d '{LAMPS}'",
    "totals not counted": f"'$URL/$I/_search?track_total_hits=false' {JSON} -d '{LAMPS}'",
    "where it runs": f"'$URL/$I/_search?preference=_local&search_type=dfs_query_then_fetch' {JSON} "
    f"-d '{LAMPS}'",
    "what is shown": f"'$URL/$I/_search?_source_includes=title,price&version' {JSON} -d '{LAMPS}'",
    "count": f'$URL/$I/_count {JSON} -d \'{{"query": {{"term": {{"colour": "red"}}}}}}\'',
    "validate": "'$URL/$I/_validate/query?explain=true&q=title:lamp'",
    "explain": "'$URL/$I-v1/_explain/p001?q=title:red'",
    "fields": "'$URL/$I/_field_caps?fields=title,price&pretty'",
    "many by id": f'$URL/$I/_mget {JSON} -d \'{{"ids": ["p001", "none"]}}\'',
    "analyze": f'$URL/$I/_analyze {JSON} -d \'{{"field": "title", "text": "Red lamps"}}\'',
    "cat": "'$URL/_cat/indices/$I-v1?v&h=index,health,docs.count&s=index:desc'",
    "cat as json": "'$URL/_cat/aliases/$I?format=json&pretty'",
    "cat, its columns": "$URL/_cat/shards?help",
    "settings, flat": "'$URL/$I/_settings?flat_settings&filter_path=*.settings.index.number_of_*'",
    "mapping": "$URL/$I/_mapping/field/title,price",
    "health": "'$URL/_cluster/health/$I?filter_path=status,timed_out&wait_for_status=yellow'",
    "call that is none": "-X POST $URL/$I/_search/none",
}
# What does not read.
_REFUSED = ("call that is none",)

WRITES = (
    f'-X PUT $URL/$I {JSON} -d \'{{"settings": {{"number_of_shards": 1}}}}\'',
    f"-X PUT '$URL/$I/_doc/1?refresh=true&pretty' {JSON} -d '{{\"n\": 1}}'",
    f"-X PUT '$URL/$I/_doc/a%2Fb%20%C3%BC' {JSON} -d '{{\"n\": 5}}'",
    "$URL/$I/_doc/a%2Fb%20%C3%BC",
    f"-X PUT $URL/$I/_create/1 {JSON} -d '{{\"n\": 1}}'",
    f"-X POST '$URL/$I/_bulk?refresh=true' {LINES} --data-binary @$FOLDER/bulk",
    f"$URL/$I/_bulk {LINES} -H 'Content-Encoding: gzip' --data-binary @$FOLDER/bulk.gz",
    f"-X POST -T - '$URL/$I/_bulk?refresh=true' {LINES}",
    f'-X POST $URL/$I/_update/1?refresh=true {JSON} -d \'{{"script": {{"source": "ctx._source.n += 1"}}}}\'',
    "$URL/$I/_search?sort=n",
    f'$URL/$I/_search {JSON} -d \'{{"script_fields": {{"a": {{"script": "1"}}}}}}\'',
    "-H 'Content-Type: application/yaml' $URL/$I/_search --data-binary 'size: 1'",
    f"$URL/$I/_search {JSON} -d '{{\"size\": 1 /* one */}}'",
    f"$URL/$I/_search {JSON} -d '{{\"size\": '",
    "-X POST $URL/$I/_refresh",
    "-X DELETE $URL/$I/_doc/1",
    "-X DELETE $URL/$I/_doc/1",
    "-X DELETE $URL/$I",
    "-X DELETE $URL/$I",
)


@dataclass(frozen=True)
class Place:
    """Where curl goes, and as whom."""

    url: str
    index: str
    options: tuple[str, ...]
    folder: Path

    def ask(self, form: str) -> list[tuple[str, dict[str, str], str]]:
        """Run curl; return status, headers and body of each answer, without what passes."""
        words = [self._filled(word) for word in shlex.split(form)]
        ran = subprocess.run(
            ["curl", "-sS", "-g", "-m", "60", "-i", *self.options, *words],
            input=(self.folder / ("bulk" if "_bulk" in form else "lamps.json")).read_bytes(),
            capture_output=True,
            check=True,
        )
        # A word between comes before the answer.
        text = re.sub(r"HTTP/1.1 100 [^\r]*\r\n\r\n", "", ran.stdout.decode())
        answers = re.split(r"(?=HTTP/1\.[01] \d{3} )", text)[1:]
        return [self._read(answer) for answer in answers]

    def _filled(self, word: str) -> str:
        for name, value in (("URL", self.url), ("FOLDER", str(self.folder)), ("I", self.index)):
            word = word.replace(f"${name}", value)
        return word

    def _read(self, answer: str) -> tuple[str, dict[str, str], str]:
        head, _, body = answer.partition("\r\n\r\n")
        status, *lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        told = {name: value for name, value in headers.items() if name in _TOLD}
        if body:
            # It is the body's, whose passing numbers may have one digit more.
            told.pop("content-length", None)
        plain = _PASSING.sub(r"\1~", body).replace(self.index, "$I")
        return status.split()[1], {k: v.replace(self.index, "$I") for k, v in told.items()}, plain


Reach = Callable[[str, str], Place]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bodies in files."""
    made = tmp_path_factory.mktemp("curl")
    lines = [{}, json.loads(LAMPS), {"preference": "_local"}, {"query": {"none": {}}}]
    counted = {"size": 0, "aggs": {"colours": {"terms": {"field": "colour"}}}}
    bulk = [{"index": {"_id": "7"}}, {"n": 7}, {"delete": {"_id": "none"}}]
    files = {
        "lamps.json": LAMPS,
        "counted.json": json.dumps(counted),
        "lines": "".join(json.dumps(line) + "\n" for line in lines),
        "bulk": "".join(json.dumps(line) + "\n" for line in bulk),
    }
    for name, text in files.items():
        (made / name).write_text(text)
    for name, packed in (("lamps.json", "lamps.gz"), ("bulk", "bulk.gz")):
        (made / packed).write_bytes(gzip.compress(files[name].encode()))
    (made / "lamps.z").write_bytes(zlib.compress(LAMPS.encode()))
    return made


@pytest.fixture(scope="module")
def reach(admin: Settings, folder: Path) -> Reach:
    """Say where curl goes: `reach(url, index)`."""
    own: OpenSearchSettings = admin.opensearch
    options: list[str] = []
    if own.username and own.password:
        options += ["-u", f"{own.username}:{own.password.get_secret_value()}"]
    if own.ca_file:
        options += ["--cacert", str(own.ca_file)]
    return lambda url, index: Place(url, index, tuple(options), folder)


@pytest.mark.parametrize("name", READS)
def test_a_form_of_request_is_answered_as_by_the_cluster(
    admin: Settings, served: str, shop: Shop, reach: Reach, name: str
) -> None:
    """Status, headers and body are the same, whatever way curl sends it."""
    want = reach(admin.opensearch.url, shop.alias).ask(READS[name])
    got = reach(served, shop.alias).ask(READS[name])
    assert want
    if name in _REFUSED:
        assert [answer[0] for answer in got] == ["403"]
    else:
        assert got == want


def test_what_writes_is_answered_as_by_the_cluster(
    admin: Settings, everything: str, client: OpenSearch, reach: Reach
) -> None:
    """An index from its beginning to its end, on each side one of its own."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    places = [reach(admin.opensearch.url, f"{name}-a"), reach(everything, f"{name}-b")]
    try:
        for form in WRITES:
            want, got = (place.ask(form) for place in places)
            assert got == want, form
    finally:
        client.indices.delete(index=f"{name}-*", params={"ignore_unavailable": "true"})


RANKED = '{"query": {"match": {"title": "red lamp"}}, "size": 4}'
FORMS = {
    "plain": f"$URL/$I/_search {JSON} -d '{RANKED}'",
    "GET": f"-X GET $URL/$I/_search?pretty {JSON} -d '{RANKED}'",
    "parameters": f"'$URL/$I/_search?human&typed_keys&request_cache=true' {JSON} -d '{RANKED}'",
    "compressed": f"--compressed $URL/$I/_search {JSON} -d '{RANKED}'",
    "chunks": f"-H 'Transfer-Encoding: chunked' $URL/$I/_search {JSON} -d '{RANKED}'",
    "http/1.0": f"--http1.0 $URL/$I/_search {JSON} -d '{RANKED}'",
    "an upgrade offered": f"-H 'Connection: Upgrade' -H 'Upgrade: h2c' $URL/$I/_search {JSON} "
    f"-d '{RANKED}'",
    "Elasticsearch's own form": "-H 'Accept: application/vnd.elasticsearch+json;compatible-with=7' "
    f"'$URL/$I/_search/?format=json' {JSON} -d '{RANKED}'",
    "Expect": f"-H 'Expect: 100-continue' $URL/$I/_search {JSON} -d '{RANKED}'",
}


@pytest.mark.parametrize("name", FORMS)
def test_a_ranked_search_may_be_sent_in_any_form(
    ranking: str, shop: Shop, reach: Reach, find: Callable[..., dict[str, object]], name: str
) -> None:
    """The page is the ranking's, in the cluster's form."""
    ((status, headers, body),) = reach(ranking, shop.alias).ask(FORMS[name])
    want = find({"match": {"title": "red lamp"}}, size=4)
    assert (status, headers["content-type"]) == ("200", "application/json; charset=utf-8")
    ids = re.findall(r'"_id" ?: ?"([^"]+)"', body)
    assert ids == [hit["_id"] for hit in want["hits"]["hits"]]  # type: ignore[index]
