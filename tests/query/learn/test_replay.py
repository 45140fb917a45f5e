import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from plugins.replay import Replayed, Shop, Trouble, model

from query.learn.history import history
from query.learn.journal import Journal
from query.learn.rounds import advance
from query.learn.work import Candidate, Golden
from query.weights.model import Model

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ROUNDS: tuple[Trouble, ...] = (
    "none",
    "label noise",
    "bots",
    "upside down",
    "broken encoder",
    "none",
    "label noise",
    "bots",
    "broken encoder",
    "none",
)
# Weights that rank by what says nothing.
BAD = model(lexical=0.1, vector=0.05, coverage=0.85)


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, Journal, list[float]]:
    """Ten rounds; the truth of what was in force after each."""
    shop, journal = Shop(seed=1), Journal(tmp_path_factory.mktemp("learning"))
    worth = [shop.worth(shop.in_force)]
    for trouble in ROUNDS:
        shop.trouble = trouble
        _, step = advance(journal, Replayed(shop), "learn-shop", NOW)
        assert step == "record"
        worth.append(shop.worth(shop.in_force))
    return shop, journal, worth


def test_no_round_makes_the_ranking_worse(replay: tuple[Shop, Journal, list[float]]) -> None:
    """In truth it never falls by more than what is nothing, and it rises."""
    _, _, worth = replay
    assert all(after >= before - 0.005 for before, after in itertools.pairwise(worth))
    assert worth[-1] > worth[0] + 0.03


def test_what_was_learned_in_trouble_would_have_made_it_worse(
    replay: tuple[Shop, Journal, list[float]],
) -> None:
    """Bots and a broken encoder taught weights that were refused, and rightly."""
    shop, journal, worth = replay
    harmful: set[Trouble] = set()
    for each, trouble, before in zip(journal.rounds, ROUNDS, worth, strict=False):
        record, trained = each.read("record"), each.read("training")
        assert record
        if trouble != "none":
            assert record["outcome"] != "released", (trouble, record)
        if trained and "candidate" in trained:
            candidate = Model.model_validate_json(json.dumps(trained["candidate"]))
            if shop.worth(candidate) < before - 0.01:
                harmful.add(trouble)
                assert record["outcome"] != "released"
    assert harmful >= {"bots", "broken encoder"}


def test_the_history_says_what_came_of_every_round(
    replay: tuple[Shop, Journal, list[float]],
) -> None:
    """A line each, with an outcome and a reason."""
    lines = history(replay[1])
    assert [line["round"] for line in lines] == list(range(1, 11))
    assert lines[0]["outcome"] == "released"
    assert all(line["outcome"] and line["why"] for line in lines)


class Convinced(Replayed):
    """Work whose training believes in weights that are bad."""

    def train(self, folder: Path) -> Candidate:  # noqa: ARG002 - whatever was clicked
        """Return weights."""
        return Candidate(BAD, 0.1, ())


class Deceived(Convinced):
    """Work whose judgments of people are wrong as well."""

    def golden(self, candidate: Model) -> Golden:
        """Praise the candidate."""
        told = super().golden(candidate)
        return Golden(told.in_force + 0.1, told.in_force, told.slices)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(Convinced, "refused"), (Deceived, "not better")],
    ids=["gate", "shoppers"],
)
def test_each_line_of_defence_holds_alone(
    kind: type[Replayed], outcome: str, tmp_path: Path
) -> None:
    """What training takes for good, people's judgments refuse; what they take for good, shoppers do."""
    shop = Shop(sessions=1000)
    before = shop.in_force
    current, _ = advance(Journal(tmp_path), kind(shop), "learn-shop", NOW)
    record = current.read("record")
    assert record
    assert record["outcome"] == outcome
    assert shop.in_force == before
    assert shop.worth(BAD) < shop.worth(before) - 0.1


def test_a_ranking_that_fell_ill_learns_nothing(tmp_path: Path) -> None:
    """When today's weights lose on the same judgments, the round says what may have changed."""
    shop, journal = Shop(sessions=1000), Journal(tmp_path)
    shop.in_force = model(lexical=0.1, vector=0.8, coverage=0.1)
    advance(journal, Convinced(shop), "learn-shop", NOW)
    shop.trouble = "broken encoder"
    current, _ = advance(journal, Deceived(shop), "learn-shop", NOW)
    record = current.read("record")
    assert record
    assert "encoder, index or judgments changed" in record["reason"]


class Good(Replayed):
    """Work that learned what is good, at no cost."""

    def train(self, folder: Path) -> Candidate:  # noqa: ARG002 - whatever was clicked
        """Return weights."""
        self.calls.append("train")
        return Candidate(model(lexical=0.3, vector=0.6, coverage=0.1), 0.1, ())


class Killed(Exception):  # noqa: N818 - no error
    """Raised where a process would end."""


@pytest.mark.parametrize("at", ["judge", "train", "golden", "begin", "ended", "release"])
@pytest.mark.parametrize("after", [False, True])
def test_a_round_that_was_killed_anywhere_ends_as_if_it_had_not_been(
    at: str, after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before or after each call, the next call goes on; no step that is done is done again."""
    shop = Shop(sessions=1000)
    work, journal = Good(shop), Journal(tmp_path)
    whole = getattr(Good, at)

    def killed(self: Good, *arguments: object) -> object:
        if after:
            whole(self, *arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Good, at, killed)
        with pytest.raises(Killed):
            advance(journal, work, "learn-shop", NOW)
    work.calls.clear()
    current, step = advance(journal, work, "learn-shop", NOW)
    assert (current.number, step) == (1, "record")
    record = current.read("record")
    assert record
    assert record["outcome"] == "released"
    assert shop.in_force.version == record["version"]
    if at in {"begin", "ended", "release"}:
        assert not {"judge", "train", "golden"} & set(work.calls)


def test_while_an_experiment_runs_there_is_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round waits, and says so; nothing is done twice, and no second round begins."""
    work, journal = Good(Shop(sessions=1000)), Journal(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Good, "ended", lambda *_: (None, "go on"))
        assert advance(journal, work, "learn-shop", NOW)[1] == "experiment"
        work.calls.clear()
        assert advance(journal, work, "learn-shop", NOW)[1] == "experiment"
        assert work.calls == ["begin"]
    assert advance(journal, work, "learn-shop", NOW)[1] == "record"
    assert [each.number for each in journal.rounds] == [1]
