import uuid
from collections.abc import Iterator

import orjson
import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import settings_with
from plugins.query_shop import Shop
from plugins.servers import PREFIX

from connector.settings import BehaviourSettings, Settings
from query.request import Asker
from query.search import Searcher
from query.ubi.indices import Names, apply
from query.ubi.privacy import Privacy
from query.ubi.recorder import Recorder
from query.ubi.shown import Shown
from query.ubi.writer import Tally, Writer

ANNA = Asker(client="browser-1", user="anna@example.org", session="visit-1")
SECRETS = ("browser-1", "anna", "visit-1", "red jacket", "jacket")
# What https://o19s.github.io/ubi/schema/1.3.0/query.request.schema.json defines.
FIELDS = {
    *("application", "query_id", "client_id", "user_query", "query_attributes"),
    *("object_id_field", "timestamp", "query_response_id", "query_response_hit_ids"),
}


@pytest.fixture
def sent() -> list[bytes]:
    """Bodies of bulk requests."""
    return []


def recorder_of(settings: BehaviourSettings, sent: list[bytes]) -> Recorder:
    """A recorder whose requests are kept."""

    def send(body: bytes) -> list[int]:
        sent.append(body)
        return [201] * (len(body.splitlines()) // 2)

    return Recorder(Writer(send, 100), Privacy(settings), Names("queries", "events"))


def page(query_id: str) -> Shown:
    """A page of two products."""
    return Shown(
        *(query_id, "red jacket", ANNA, "api", "shop", "hybrid", ("p1", "p2"), 2, 12.5),
        scores=(0.5, 0.25),
        terms=({"lexical": 0.5}, {"vector": 0.25}),
        from_=10,
        weights="abc",
    )


def test_a_ranking_is_one_document_of_the_schema_with_its_evidence(sent: list[bytes]) -> None:
    """Positions count over all pages; ids of people and the query are hidden."""
    recorder = recorder_of(settings_with(), sent)
    query_id = recorder.new_query_id()
    recorder.shown(page(query_id))
    recorder.close()
    made = orjson.loads(sent[0].splitlines()[1])
    assert set(made) <= FIELDS
    assert made["query_response_hit_ids"] == ["p1", "p2"]
    assert made["query_attributes"]["weights"] == "abc"
    assert made["query_attributes"]["evidence"] == [
        {"id": "p1", "position": 11, "terms": {"lexical": 0.5}, "score": 0.5},
        {"id": "p2", "position": 12, "terms": {"vector": 0.25}, "score": 0.25},
    ]
    for secret in SECRETS:
        assert secret.encode() not in sent[0]


def test_what_is_not_sampled_is_not_written(sent: list[bytes]) -> None:
    """Neither the ranking nor its events; other events are."""
    recorder = recorder_of(settings_with(sample=0), sent)
    query_id = recorder.new_query_id()
    recorder.shown(page(query_id))
    assert recorder.events([{"action_name": "click", "query_id": query_id}]).accepted == 1
    assert recorder.events([{"action_name": "login"}]).accepted == 1
    recorder.close()
    assert recorder.tally.written == 1


def test_a_fault_of_the_recorder_is_nobody_elses(
    sent: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """`shown` raises nothing, and its log line holds nothing of the query."""
    recorder = recorder_of(settings_with(), sent)
    recorder.shown(Shown("id", "red jacket", ANNA, "api", "s", "bm25", 7, 0, 0.0))  # type: ignore[arg-type]
    recorder.close()
    assert "was not recorded (TypeError)" in caplog.text
    assert "jacket" not in caplog.text


@pytest.fixture
def recording(shop: Shop, admin: Settings, kept: BehaviourSettings) -> Iterator[Searcher]:
    """A searcher whose searches by shoppers are recorded in real indices."""
    changes = {"behaviour": kept, "opensearch": admin.opensearch}
    with Searcher.open(shop.alias, shop.settings.model_copy(update=changes)) as opened:
        yield opened


@pytest.mark.server
def test_a_shoppers_search_joins_its_events(
    recording: Searcher, kept: BehaviourSettings, client: OpenSearch
) -> None:
    """The response names the query; index and events hold that id, and nobody's name or words."""
    response = recording.search("red jacket", size=3, asker=ANNA, filters={"colour": "red"})
    assert response.query_id
    assert recording.recorder
    clicked = {
        "action_name": "click",
        "query_id": response.query_id,
        "user_id": ANNA.user,
        "event_attributes": {"object": {"object_id": "p000"}, "position": {"ordinal": 1}},
    }
    assert recording.recorder.events([clicked]).accepted == 1
    recording.close()
    names = Names.of(kept)
    client.indices.refresh(index=f"{names.queries},{names.events}")
    by_id = {"query": {"term": {"query_id": response.query_id}}}
    [query] = client.search(index=names.queries, body=by_id)["hits"]["hits"]
    [event] = client.search(index=names.events, body=by_id)["hits"]["hits"]
    stored = query["_source"]
    assert stored["query_response_hit_ids"] == [hit.id for hit in response.hits]
    assert stored["query_attributes"]["weights"] == response.weights
    assert stored["query_attributes"]["filters"] == ["colour"]
    assert event["_source"]["user_id"] == stored["query_attributes"]["user_id"]
    for secret in SECRETS:
        assert secret not in str(query) + str(event)


@pytest.mark.server
def test_searches_of_nobody_are_not_recorded(recording: Searcher) -> None:
    """An evaluation asks without an asker, and leaves no trace among the shoppers'."""
    response = recording.search("red jacket")
    assert response.query_id is None
    recording.close()
    assert recording.recorder
    assert recording.recorder.tally.written == 0


@pytest.fixture
def guessing(client: OpenSearch) -> Iterator[BehaviourSettings]:
    """Settings whose indices nobody made, on a cluster that makes what is missing, as by default."""
    settings = settings_with(prefix=f"{PREFIX}{uuid.uuid4().hex[:12]}")
    made = "action.auto_create_index"
    client.cluster.put_settings(body={"persistent": {made: f"+{settings.prefix}*"}})
    yield settings
    client.cluster.put_settings(body={"persistent": {made: None}})
    client.indices.delete(index=f"{settings.prefix}_*")
    for alias in vars(Names.of(settings)).values():
        client.indices.delete_index_template(name=alias)


@pytest.mark.server
def test_no_index_is_made_of_what_comes_before_the_indices(
    shop: Shop, admin: Settings, guessing: BehaviourSettings, client: OpenSearch
) -> None:
    """It would keep the names from being aliases, and no retention would reach it."""
    changes = {"behaviour": guessing, "opensearch": admin.opensearch}
    with Searcher.open(shop.alias, shop.settings.model_copy(update=changes)) as opened:
        opened.search("red jacket", asker=ANNA)
    assert opened.recorder
    assert opened.recorder.tally == Tally(refused=1)
    names = Names.of(guessing)
    assert apply(client, guessing).created == (names.queries, names.events)
