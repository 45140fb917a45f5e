import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.servers import PREFIX

from query.paging import KEEP_ALIVE, Cursor, begin

pytestmark = pytest.mark.server
DEPTH = 50


@pytest.fixture
def index(client: OpenSearch) -> Iterator[str]:
    """An index of 60 documents that all match."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    client.indices.create(index=name, body={"settings": {"number_of_replicas": 0}})
    write(client, name, [(f"p{number:02}", "tent " * (1 + number % 7)) for number in range(60)])
    yield name
    client.indices.delete(index=name)


def write(client: OpenSearch, index: str, titles: list[tuple[str, str | None]]) -> None:
    """Write documents, delete those without a title, and make both visible."""
    lines: list[Any] = []
    for id_, title in titles:
        lines += (
            [{"delete": {"_id": id_}}]
            if title is None
            else [{"index": {"_id": id_}}, {"title": title}]
        )
    client.bulk(body=lines, index=index, params={"refresh": "true"})


def ranked(client: OpenSearch, pit: str) -> list[str]:
    """Rank the candidates in a point in time; ties by id."""
    body = {
        "size": DEPTH,
        "_source": False,
        "query": {"match": {"title": "tent"}},
        "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
    }
    hits = client.search(body=body)["hits"]["hits"]
    return [hit["_id"] for hit in sorted(hits, key=lambda hit: (-hit["_score"], hit["_id"]))]


def test_pages_lose_and_repeat_nothing_under_writes(client: OpenSearch, index: str) -> None:
    """Between pages the best become the worst, some go, others come: nobody who pages sees it."""
    opened = client.create_pit(index=index, params={"keep_alive": KEEP_ALIVE})
    expected = ranked(client, opened["pit_id"])
    cursor: Cursor | None = begin(opened["pit_id"], "asked", expected, DEPTH, datetime.now(UTC))
    seen: list[str] = []
    turn = 0
    while cursor:
        sent = Cursor.read(str(cursor), "asked")
        ids = ranked(client, sent.pit)
        places, cursor = sent.page(ids, 8)
        seen += [ids[place] for place in places]
        moved = [(id_, "tent and much besides that nobody asks for") for id_ in expected[turn::9]]
        new: list[tuple[str, str | None]] = [(f"n{turn}", "tent tent tent"), (expected[turn], None)]
        write(client, index, [*moved, *new])
        turn += 1
    assert seen == expected
    client.delete_pit(body={"pit_id": [opened["pit_id"]]})
