"""Replay on real servers: what is mended arrives, what is newer stays, nothing is done twice."""

import json
import signal
import subprocess
import sys
from contextlib import closing

import pytest
from plugins.ingest_shop import Shop, to_toml
from plugins.servers import environment

from connector import broker
from connector.cli import run as connector
from ingest.deadletters import run as deadletters
from ingest.deadletters.letter import SUFFIX, Letter
from ingest.deadletters.replay import Replay, Replayed
from ingest.deadletters.select import Selection
from mappings.catalogue import Catalogue

pytestmark = pytest.mark.server


def product(identity: str, version: object = 1, **more: object) -> object:
    return {"id": identity, "v": version, "title": "red shoe", **more}


def mend(shop: Shop) -> None:
    """Let the catalogue pass unknown fields, on the same index."""
    described = shop.catalogue.model_dump()
    described["source"]["unknown_fields"] = "ignore"
    shop.catalogue = Catalogue.model_validate(described)
    from mappings.apply import apply
    from mappings.contract import contract_of

    apply(shop.client, shop.catalogue, contract_of(shop.catalogue))


def replay(shop: Shop, **chosen: str) -> dict[str, object]:
    return deadletters.replay(shop.settings, shop.catalogue, [shop.topic], Selection(**chosen))


def test_a_record_arrives_once_its_cause_is_mended(shop: Shop) -> None:
    """It is written, and its letter leaves the shelf; a second replay finds nothing to do."""
    shop.send(("1", product("1", colour="red")), ("2", product("2")))
    shop.ingest()
    assert [letter["error_class"] for letter in shop.letters()] == ["UnknownField"]
    mend(shop)
    assert replay(shop)["resolved"] == 1
    assert shop.documents().keys() == {"1", "2"}
    assert shop.letters() == []
    assert replay(shop)["letters"] == 0


def test_what_is_still_wrong_stays_with_today_s_reason(shop: Shop) -> None:
    """One letter of one record, however often it is tried."""
    shop.send(("1", product("1", stock="many")))
    shop.ingest()
    [before] = shop.letters()
    for _ in range(2):
        summary = replay(shop)
        assert summary["resolved"] == 0
        assert summary["refused"] == [
            {"name": f"{shop.topic}/0/0", "error_class": "WrongType", "reason": before["reason"]}
        ]
    assert shop.letters() == [before]


def test_a_newer_update_is_never_reverted(shop: Shop) -> None:
    """The old record is stale: its letter is resolved, the document is untouched."""
    shop.send(("1", product("1", 1, colour="red")), ("1", product("1", 2, body="leather")))
    shop.ingest()
    before = shop.documents()
    mend(shop)
    assert replay(shop)["resolved"] == 1
    assert shop.documents() == before


def test_a_record_refused_again_after_a_crash_has_one_letter(shop: Shop) -> None:
    """The same batch once more: the letter's key is the record's place."""
    shop.send(("1", product("1", colour="red")), (None, product("2")))
    shop.ingest()
    first = shop.letters()
    shop.ingest(from_beginning=True)
    again = shop.letters()
    assert [(each["offset"], each["error_class"]) for each in again] == [
        (0, "UnknownField"),
        (1, "NullKey"),
    ]
    assert [each["at"] for each in again] > [each["at"] for each in first]


# Runs `connector` and dies by SIGKILL where letters are to be resolved for the second time.
_KILLED = """
import os, signal, sys
from connector.cli import main
from ingest.deadletters import run
take_away, calls = run.take_away, []
def dies(settings, letters):
    calls.append(letters)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    take_away(settings, letters)
run.take_away = dies
main()
"""


@pytest.mark.once
def test_a_replay_killed_halfway_is_run_again(shop: Shop) -> None:
    """Two batches written, one resolved: the rest is found stale and resolved, nothing is lost."""
    shop.send(*((str(n), product(str(n), colour="red")) for n in range(9)))
    shop.ingest()
    mend(shop)
    shop.file.write_text(to_toml(shop.catalogue), "utf-8")
    command = ["--set", "ingest.batch_records=3", "deadletters", "replay", "-c", str(shop.file)]
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, *command], env=environment(shop.settings), check=False
    )
    assert killed.returncode == -signal.SIGKILL
    before = shop.documents()
    assert (len(before), len(shop.letters())) == (6, 6)
    assert replay(shop)["resolved"] == 6
    after = shop.documents()
    assert len(after) == 9
    assert {name: after[name] for name in before} == before
    assert shop.letters() == []


def test_without_its_record_a_letter_is_lost_unless_it_keeps_it(shop: Shop) -> None:
    """Retention took the records; one letter has a whole payload, one has none."""
    shop.send(("1", product("1", colour="red")))
    shop.ingest()
    keep(shop, payload_bytes=1000)
    shop.send(("2", product("2", colour="red")))
    shop.ingest()
    delete_records(shop, 2)
    mend(shop)
    summary = replay(shop)
    assert (summary["resolved"], summary["lost"]) == (1, [f"{shop.topic}/0/0"])
    assert shop.documents().keys() == {"2"}
    assert [letter["key"] for letter in shop.letters()] == ["1"]


@pytest.mark.parametrize("shop", [{"version": "@offset", "ignore": ["v"]}], indirect=True)
def test_an_offset_orders_nothing_without_its_topic(shop: Shop) -> None:
    """Under @offset a kept payload is not replayed: its topic may be another now."""
    keep(shop, payload_bytes=1000)
    shop.send(("1", product("1", colour="red")))
    shop.ingest()
    delete_records(shop, 1)
    mend(shop)
    assert replay(shop)["lost"] == [f"{shop.topic}/0/0"]


def test_letters_are_chosen(shop: Shop) -> None:
    """By class here; what was not chosen stays."""
    shop.send(("1", product("1", colour="red")), ("2", product("2", stock="many")))
    shop.ingest()
    mend(shop)
    assert replay(shop, error_class="UnknownField")["letters"] == 1
    assert [letter["error_class"] for letter in shop.letters()] == ["WrongType"]


def test_of_one_product_s_records_the_newest_that_can_be_written_counts(shop: Shop) -> None:
    """In one batch a good update stands behind a newer one that the cluster refuses."""
    narrow(shop)
    shop.send(("1", product("1", 1, stock=5)), ("1", product("1", 2, stock=2**40)))
    summary = shop.ingest()
    assert (summary["embedded"], summary["dead_letters"], summary["stale"]) == (1, 1, 0)
    assert shop.documents()["1"]["stock"] == 5


def test_the_commands_list_show_and_replay(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command line, for people and for scripts."""
    for name, value in environment(shop.settings).items():
        monkeypatch.setenv(name, value)
    shop.send(("1", product("1", stock="many")))
    shop.ingest()
    name, file = f"{shop.topic}/0/0", str(shop.file)
    assert connector(["deadletters", "list", "-c", file]) == 0
    assert f"{name}  " in capsys.readouterr().out
    assert connector(["deadletters", "list", "-c", file, "--since", "1h", "--json"]) == 0
    [listed] = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["error_class"]) == (name, "WrongType")
    assert connector(["deadletters", "show", name, "-c", file, "--json"]) == 0
    [shown] = json.loads(capsys.readouterr().out)
    assert (shown["record_from"], json.loads(shown["value"])["stock"]) == ("kafka", "many")
    assert connector(["deadletters", "replay", "-c", file, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["refused"][0]["name"] == name
    assert connector(["deadletters", "replay", "-c", file]) == 1
    assert "0 of 1 resolved, 1 still refused" in capsys.readouterr().out
    assert connector(["deadletters", "show", "nothing/0/0", "-c", file]) == 2
    assert "connector deadletters list" in capsys.readouterr().err


def test_a_replay_that_is_asked_to_stop_leaves_the_rest() -> None:
    """What was begun is finished."""
    asked = iter([False, True])
    letter = Letter.parse(
        b'{"topic":"t","partition":0,"offset":1,"timestamp":5,"key":"1","error_class":"C",'
        b'"reason":"r","catalogue":"c","index":"c-v1","at":"2026-01-01T00:00:00Z"}'
    )
    way = Replay(lambda _: {}, lambda _: [], lambda _: None, True, 1, lambda: next(asked))
    assert way.run([letter, letter], lambda _: None) == Replayed(lost=[letter])


def keep(shop: Shop, **settings: object) -> None:
    ingest = shop.settings.ingest
    letters = ingest.deadletters.model_copy(update=settings)
    shop.settings = shop.settings.model_copy(
        update={"ingest": ingest.model_copy(update={"deadletters": letters})}
    )


def delete_records(shop: Shop, before: int) -> None:
    from kafka import TopicPartition

    with closing(broker.admin(shop.settings.kafka)) as admin:
        admin.delete_records({TopicPartition(shop.topic, 0): before})


def narrow(shop: Shop) -> None:
    """Make `stock` smaller by hand, so that the cluster refuses what the catalogue allows."""
    definition = shop.client.indices.get(index=shop.index)[shop.index]
    definition["mappings"]["properties"]["stock"]["type"] = "integer"
    settings = {"index.knn": True, "analysis": definition["settings"]["index"]["analysis"]}
    shop.client.indices.delete(index=shop.index)
    body = {"settings": settings, **{k: definition[k] for k in ("mappings", "aliases")}}
    shop.client.indices.create(index=shop.index, body=body)


def test_letters_topics_are_compacted(shop: Shop) -> None:
    """Letters stay until they are resolved, whatever the cluster's retention is."""
    from kafka.admin import ConfigResource, ConfigResourceType

    shop.send((None, product("1")))
    shop.ingest()
    topic = shop.topic + SUFFIX
    with closing(broker.admin(shop.settings.kafka)) as admin:
        described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    assert "compact" in str(described)


def test_discarded_letters_are_gone_and_their_records_unsent(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those that are chosen; without a choice nothing is."""
    for name, value in environment(shop.settings).items():
        monkeypatch.setenv(name, value)
    shop.send(("1", product("1", stock="many")), ("2", product("2", colour="red")), ("3", b"{"))
    shop.ingest()
    file = str(shop.file)
    assert connector(["deadletters", "discard", "-c", file]) == 2
    assert "--all" in capsys.readouterr().err
    assert len(shop.letters()) == 3
    assert connector(["deadletters", "discard", "-c", file, "--class", "InvalidJson"]) == 0
    assert "discarded 1 dead letters" in capsys.readouterr().out
    assert connector(["deadletters", "discard", "-c", file, "--all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "discarded": [f"{shop.topic}/0/0", f"{shop.topic}/0/1"]
    }
    assert shop.letters() == []
    assert shop.documents() == {}
