from collections import defaultdict
from itertools import pairwise

from kit import history
from kit.history import Change
from kit.workload import Mix, changes, read, record

MIX = Mix(keys=500, changes=20_000)


def shares(made: list[Change]) -> dict[str, float]:
    """Return what share of changes is what, in the order in which their source made them."""
    alive: dict[str, dict[str, object]] = {}
    gone: set[str] = set()
    count: dict[str, int] = defaultdict(int)
    distinct = {change.version: change for change in made}
    for _, change in sorted(distinct.items()):
        if change.fields is None:
            count["deletes"] += 1
            alive.pop(change.id, None)
            gone.add(change.id)
            continue
        before = alive.get(change.id)
        count["recreations"] += change.id in gone
        count["same_text"] += bool(before) and before["title"] == change.fields["title"]
        alive[change.id] = dict(change.fields)
        gone.discard(change.id)
    return {name: number / len(distinct) for name, number in count.items()}


def test_a_run_is_the_same_for_the_same_seed() -> None:
    """A failure can be made again."""
    small = Mix(keys=50, changes=300)
    assert list(changes(small, 3)) == list(changes(small, 3))
    assert list(changes(small, 3)) != list(changes(small, 4))


def test_the_mix_has_its_shares() -> None:
    """Deletes, re-creations, and updates that leave the text alone, as many as were asked for."""
    made = list(changes(MIX, 1))
    found = shares(made)
    assert len(made) == MIX.changes
    assert abs(found["deletes"] - MIX.deletes) < 0.01
    assert abs(found["recreations"] - MIX.recreations) < 0.01
    assert found["same_text"] > 0.15


def test_every_text_of_a_shelf_is_there_before_anything_changes() -> None:
    """Then products come and go with texts of the same shelf."""
    shelf = [{"title": f"{n} lamps", "body": "brass"} for n in range(40)]
    made = list(changes(Mix(keys=50, changes=300), 1, shelf))
    first = [each.fields for each in made[:40]]
    assert [each.id for each in made[:40]] == [f"p{n}" for n in range(40)]
    assert [fields and fields["title"] for fields in first] == [text["title"] for text in shelf]
    later = [each.fields for each in made[40:]]
    assert None in later
    titles = {text["title"] for text in shelf}
    assert all(fields["title"] in titles for fields in later if fields)


def test_some_changes_repeat_and_some_arrive_late() -> None:
    """Both are what a version is for."""
    arrived: dict[str, list[int]] = defaultdict(list)
    for change in changes(MIX, 1):
        arrived[change.id].append(change.version)
    repeats = sum(len(each) - len(set(each)) for each in arrived.values())
    late = sum(a > b for each in arrived.values() for a, b in pairwise(each))
    assert repeats > MIX.changes * MIX.repeats / 2
    assert late > MIX.changes * MIX.late / 2


def test_a_record_is_read_back_as_the_change_it_was() -> None:
    """Deletes carry their version in the header, like everything else."""
    for change in changes(Mix(keys=20, changes=100), 1):
        key, value, headers = record(change)
        assert read(history.Logged("t", 0, 0, key, value, 0, tuple(headers))) == change
