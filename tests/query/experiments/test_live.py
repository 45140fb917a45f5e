import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import forget_experiments, recording
from plugins.query_shop import Shop

from connector.cli import run
from connector.settings import BehaviourSettings, Settings
from query.experiments import store
from query.experiments.assign import assigned
from query.experiments.experiment import TREATMENT, Experiment, Variant
from query.experiments.live import EVERY_S, Trials
from query.request import Asker
from query.search import Searcher
from query.ubi.indices import Names

pytestmark = pytest.mark.server

Command = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def kept(shop: Shop, client: OpenSearch) -> Iterator[BehaviourSettings]:
    """Indices of behaviour of this shop's own."""
    with recording(client, prefix=f"{shop.alias}-lab") as settings:
        yield settings
    forget_experiments(client, shop.alias)


@pytest.fixture
def experiment(
    admin: Settings, kept: BehaviourSettings, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run `connector experiment …`; return what it prints."""
    assert kept.key
    opensearch = admin.opensearch
    given = {
        "behaviour.key": kept.key.get_secret_value(),
        "behaviour.prefix": kept.prefix,
        "opensearch.url": opensearch.url,
    }
    if opensearch.password:
        given["opensearch.username"] = str(opensearch.username)
        given["opensearch.password"] = opensearch.password.get_secret_value()
        given["opensearch.ca_file"] = str(opensearch.ca_file)
    flags = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]

    def call(*words: str, code: int = 0) -> dict[str, Any]:
        assert run([*flags, "experiment", *words, "--json"]) == code
        said: dict[str, Any] = json.loads(capsys.readouterr().out or "{}")
        return said

    return call


@pytest.fixture
def open_shop(shop: Shop, admin: Settings, kept: BehaviourSettings) -> Callable[[], Searcher]:
    """Open the shop as one that records."""
    changes = {"behaviour": kept, "opensearch": admin.opensearch}
    return lambda: Searcher.open(shop.alias, shop.settings.model_copy(update=changes))


def test_shoppers_meet_an_experiment_from_its_start_to_its_stop(
    experiment: Command,
    open_shop: Callable[[], Searcher],
    shop: Shop,
    kept: BehaviourSettings,
    client: OpenSearch,
) -> None:
    """Each sees their variant, recorded as such; others and other systems see none; then it ends."""
    name = f"words-{shop.alias}"
    experiment("start", name, "--system", "bm25", "--index", shop.alias)
    experiment("start", f"{name}-2", "--system", "bm25", "--index", shop.alias, code=3)
    made = store.read(client, name)
    shoppers = [f"c{number}" for number in range(100)]
    treated = [each for each in shoppers if assigned(made, each) == TREATMENT][:6]
    others = [each for each in shoppers if assigned(made, each) != TREATMENT][:6]
    with open_shop() as searcher:
        for shopper in (*treated, *others):
            page = searcher.search("red jacket", asker=Asker(client=shopper))
            assert page.system == ("bm25" if shopper in treated else "hybrid")
        assert searcher.search("red jacket").system == "hybrid"
        assert searcher.search("red jacket", asker=Asker(client="c1"), system="vector").hits
    client.indices.refresh(index=Names.of(kept).queries)
    body = {"query": {"term": {"query_attributes.experiment": name}}, "size": 50}
    found = client.search(index=Names.of(kept).queries, body=body)["hits"]["hits"]
    assert len(found) == 12
    assert {hit["_source"]["query_attributes"]["variant"] for hit in found} == {
        "control",
        "treatment",
    }
    status = experiment("status", name)
    assert status["verdict"]["waiting"] == 12
    assert experiment("stop", name, "--if-decided")["experiment"]["stopped"] is None
    assert experiment("stop", name)["experiment"]["decision"] == "stopped"
    assert store.running(client, shop.alias) is None
    experiment("start", name, "--system", "bm25", "--index", shop.alias, code=3)


def test_two_rankings_in_one_list_are_told_apart_by_their_teams(
    experiment: Command,
    open_shop: Callable[[], Searcher],
    shop: Shop,
    kept: BehaviourSettings,
    client: OpenSearch,
) -> None:
    """The page has products of both, none twice, and the record says whose each is."""
    name = f"drafted-{shop.alias}"
    experiment("start", name, "--system", "vector", "--interleaved", "--index", shop.alias)
    with open_shop() as searcher:
        page = searcher.search("red jacket", asker=Asker(client="c1"), size=8)
    ids = [hit.id for hit in page.hits]
    assert len(set(ids)) == len(ids) == 8
    client.indices.refresh(index=Names.of(kept).queries)
    found = client.get(index=f"{Names.of(kept).queries}-000001", id=page.query_id)["_source"]
    assert found["query_response_hit_ids"] == ids
    assert sorted(found["query_attributes"]["teams"]) == ["control"] * 4 + ["treatment"] * 4
    listed = experiment("status")
    assert name in [one["name"] for one in listed]  # type: ignore[index]
    experiment("stop", name)


def test_weights_of_an_experiment_rank_and_are_named(
    open_shop: Callable[[], Searcher], shop: Shop, client: OpenSearch
) -> None:
    """A shopper in the treatment is ranked by its weights; the response says which."""
    from query.weights.files import shipped

    # As trained weights are kept, with all that their file tells.
    learned, hand = shipped(), shipped("hand")
    assert learned.trained
    hand = hand.model_copy(update={"trained": learned.trained})
    names = (f"hand-{shop.alias}-{number}" for number in range(100))
    now = datetime.now(UTC)
    made = [
        Experiment(name=name, catalogue=shop.alias, treatment=Variant(weights=hand), started=now)
        for name in names
    ]
    one = next(each for each in made if assigned(each, "c1") == TREATMENT)
    store.start(client, one)
    with open_shop() as searcher:
        page = searcher.search("red jacket", asker=Asker(client="c1"))
        assert page.weights == hand.version != searcher.search("red jacket").weights
    client.delete(index=store.INDEX, id=one.name, params={"refresh": "true"})


def test_what_runs_is_read_now_and_then_and_a_fault_is_no_experiment() -> None:
    """One read in 30 s; when it fails, shoppers see what is in force."""
    asked, now = [], [0.0]
    running = Experiment(
        name="one", catalogue="shop", treatment=Variant(), started=datetime.now(UTC) - timedelta(1)
    )

    def read() -> Experiment | None:
        asked.append(now[0])
        if now[0] > EVERY_S:
            raise OSError("away")
        return running

    trials = Trials(read, lambda: now[0])
    assert trials.part(None) is None
    assert trials.part(Asker()) is None
    assert trials.part(Asker(client="c1"))
    assert len(asked) == 1
    now[0] = EVERY_S + 1
    assert trials.part(Asker(client="c1")) is None
    assert len(asked) == 2
