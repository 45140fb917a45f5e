"""Updates of every kind, sent the way the worker sends its own."""

import json
from typing import Any

from opensearchpy import OpenSearch

from connector import cluster
from connector.local.access import Access
from connector.settings import OpenSearchSettings
from ingest.write.bulk import Bulk
from ingest.write.item import Result

SET = "ctx._source.putAll(params.fields)"
LIMIT = 8_000_000


def update(index: str, identity: str, script: str = SET, **fields: Any) -> bytes:
    """Return the lines of one scripted upsert, without retries on conflict."""
    action = {"update": {"_index": index, "_id": identity}}
    body = {
        "scripted_upsert": True,
        "upsert": {},
        "script": {"lang": "painless", "source": script, "params": {"fields": fields}},
    }
    return f"{json.dumps(action)}\n{json.dumps(body)}\n".encode()


def send(client: OpenSearch, index: str, *lines: bytes) -> list[Result]:
    """Send lines in one request; return what the outcome table made of each."""
    answers = Bulk(client, index, LIMIT).send(dict(enumerate(lines)))
    return [answers[number] for number in range(len(lines))]


def connect(access: Access) -> OpenSearch:
    """Connect to a node of our own, as the worker would."""
    return cluster.connect(
        OpenSearchSettings.model_validate(
            {
                "url": access.url,
                "username": access.username,
                "password": access.password,
                "ca_file": access.ca_file,
            }
        )
    )
