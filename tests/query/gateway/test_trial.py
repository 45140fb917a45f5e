import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import forget_experiments, recording
from plugins.query_shop import Shop

from connector.errors import EncoderError
from connector.settings import BehaviourSettings, GatewaySettings, Settings
from query.experiments import store
from query.experiments.assign import assigned
from query.experiments.experiment import CONTROL, TREATMENT, Experiment, Variant
from query.gateway.rank.respond import Responding
from query.ubi.indices import Names
from query.weights.files import shipped

pytestmark = pytest.mark.server

Json = dict[str, Any]
Ask = Callable[..., httpx.Response]
Start = Callable[..., Experiment]

TRACE = {"x-opaque-id": "a shopper's search"}
BODY: Json = {"query": {"match": {"title": "red jacket"}}, "size": 8, "_source": False}


@pytest.fixture(scope="module")
def kept(shop: Shop, client: OpenSearch) -> Iterator[BehaviourSettings]:
    """Indices of behaviour of this module's own."""
    with recording(client, prefix=f"{shop.alias}-trial") as settings:
        yield settings
    forget_experiments(client, shop.alias)


@pytest.fixture(scope="module")
def ask(shop: Shop, serve: Any, admin: Settings, kept: BehaviourSettings) -> Iterator[Ask]:
    """Search through a gateway that records: `ask(client, mode, **body)`."""
    own = GatewaySettings(rules={shop.alias: "hybrid"}, budget_s=30)
    changes = {"behaviour": kept, "opensearch": admin.opensearch, "gateway": own}
    cluster = admin.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    user = (cluster.username, secret) if cluster.username else None
    with (
        pytest.MonkeyPatch.context() as patch,
        httpx.Client(auth=user, timeout=60) as connected,
    ):
        patch.setattr("query.gateway.indices.LOOK_AGAIN", 0.2)
        with serve(shop.settings.model_copy(update=changes)) as url:

            def search(
                client: str = "", mode: str = "hybrid", address: str = "", **body: Any
            ) -> httpx.Response:
                headers = {"x-connector-explain": "true", "x-connector-mode": mode, **TRACE}
                headers |= {"x-connector-client": client} if client else {}
                where = f"{url}/{shop.alias}/_search{address}"
                return connected.post(where, json={**BODY, **body}, headers=headers)

            while told(search()).get("reason") == "opening":
                time.sleep(0.05)
            yield search


@pytest.fixture
def start(shop: Shop, client: OpenSearch, ask: Ask) -> Iterator[Start]:
    """Start an experiment and wait until the gateway knows it; it is gone afterwards."""
    made: list[Experiment] = []

    def started(name: str, treatment: Variant, **more: Any) -> Experiment:
        whole = f"{name}-{shop.alias}"
        now = datetime.now(UTC)
        one = Experiment(name=whole, catalogue=shop.alias, treatment=treatment, started=now, **more)
        store.start(client, one)
        made.append(one)
        until(lambda: "experiment" in told(ask("c1")))
        return one

    yield started
    for one in made:
        client.delete(index=store.INDEX, id=one.name, params={"refresh": "true"})
    until(lambda: "experiment" not in told(ask("c1")))


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def told(answer: httpx.Response) -> Json:
    found: Json = answer.json()["ext"]["connector"]
    return found


def ids(answer: httpx.Response) -> list[str]:
    return [hit["_id"] for hit in answer.json()["hits"]["hits"]]


def record(client: OpenSearch, kept: BehaviourSettings, answer: httpx.Response) -> Json:
    """Return what was recorded of a page, once it is written."""
    names, query_id = Names.of(kept), answer.headers["x-connector-query-id"]
    found: list[Json] = []

    def there() -> bool:
        client.indices.refresh(index=names.queries)
        query = {"term": {"query_id": query_id}}
        found[:] = client.search(index=names.queries, body={"query": query})["hits"]["hits"]
        return bool(found)

    until(there)
    source: Json = found[0]["_source"]
    return source


def test_each_shopper_sees_their_variant(
    ask: Ask, start: Start, client: OpenSearch, kept: BehaviourSettings
) -> None:
    """The ranking or the query as it was, the same every time, told and recorded as such."""
    own, ranked = ids(ask(mode="pass")), ids(ask())
    made = start("plain", Variant(system="bm25"))
    parts = {name: assigned(made, name) for name in (f"c{number}" for number in range(64))}
    shoppers = [
        name
        for variant in (CONTROL, TREATMENT)
        for name in [name for name, part in parts.items() if part == variant][:2]
    ]
    assert len(shoppers) == 4
    for shopper in shoppers:
        treated = parts[shopper] == TREATMENT
        answers = [ask(shopper), ask(shopper)]
        for answer in answers:
            assert ids(answer) == (own if treated else ranked)
            assert told(answer)["mode"] == ("pass" if treated else "hybrid")
            variant = "treatment" if treated else "control"
            assert told(answer)["experiment"] == {"name": made.name, "variant": variant}
        attributes = record(client, kept, answers[1])["query_attributes"]
        assert (attributes["experiment"], attributes["variant"]) == (made.name, variant)
        assert attributes["system"] == ("bm25" if treated else "hybrid")
        assert attributes["total"] == answers[1].json()["hits"]["total"]["value"]


def test_who_is_nobody_or_chooses_takes_no_part(ask: Ask, start: Start) -> None:
    """Without a name, or with a mode of their own, the answer is what it is for everybody."""
    start("nobody", Variant(system="bm25"))
    for answer in (ask(), ask("c1", "pass"), ask("c1", "shadow"), ask("c1", sort="price")):
        assert "experiment" not in told(answer)
        assert "x-connector-query-id" not in answer.headers


def test_weights_of_a_variant_rank(ask: Ask, start: Start) -> None:
    """A shopper in the treatment is ranked by its weights, and told their version."""
    hand = shipped("hand")
    made = start("weights", Variant(weights=hand))
    names = [f"c{number}" for number in range(20)]
    treated = next(name for name in names if assigned(made, name) == TREATMENT)
    assert told(ask(treated))["weights"] == hand.version != told(ask())["weights"]


def test_two_rankings_in_one_list_take_turns(
    ask: Ask, start: Start, client: OpenSearch, kept: BehaviourSettings
) -> None:
    """Each hit has its team, none comes twice, further pages are those of today."""
    own, ranked = ids(ask(mode="pass")), ids(ask())
    made = start("drafted", Variant(system="bm25"), kind="interleaved")
    answer = ask("c1")
    experiment = told(answer)["experiment"]
    assert experiment["name"] == made.name
    assert sorted(experiment["teams"]) == ["control"] * 4 + ["treatment"] * 4
    assert len(set(ids(answer))) == 8
    lists = {"control": ranked, "treatment": own}
    assert all(
        id_ in lists[team] for id_, team in zip(ids(answer), experiment["teams"], strict=True)
    )
    shown = record(client, kept, answer)
    assert shown["query_response_hit_ids"] == ids(answer)
    assert shown["query_attributes"]["teams"] == experiment["teams"]
    assert "variant" not in shown["query_attributes"]
    further = ask("c1", **{"from": 8})
    assert "experiment" not in told(further)
    assert ids(further) == ids(ask(**{"from": 8}))


def test_a_ranking_that_is_given_up_counts_for_its_variant(
    ask: Ask,
    start: Start,
    client: OpenSearch,
    kept: BehaviourSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who meets a fault is not lost from one of the two: the lexical page is recorded as theirs."""

    def failing(*_: object) -> None:
        raise EncoderError("away")

    own = ids(ask(mode="pass"))
    made = start("faults", Variant(weights=shipped("hand")))
    monkeypatch.setattr(Responding, "respond", failing)
    answer = ask("c1")
    assert (ids(answer), told(answer)["mode"]) == (own, "lexical")
    assert told(answer)["experiment"]["variant"] == assigned(made, "c1")
    attributes = record(client, kept, answer)["query_attributes"]
    assert (attributes["experiment"], attributes["mode"]) == (made.name, "lexical")
    assert answer.headers["x-opaque-id"] == TRACE["x-opaque-id"]
    assert ask("c1", address="?filter_path=hits.hits._id").json().keys() == {"hits"}


def test_a_refusal_is_the_clusters_own(ask: Ask, start: Start) -> None:
    """A search that the cluster refuses is refused to its shopper in the same words."""
    wrong = {"a": {"terms": {"field": "title"}}}
    start("refused", Variant(system="bm25"))
    for shopper in ("c1", "c2", "c3", "c4"):
        answer, want = ask(shopper, aggs=wrong), ask(mode="pass", aggs=wrong)
        assert (answer.status_code, answer.json()) == (400, want.json())
