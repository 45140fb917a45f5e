import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DeadLetterError
from ingest.change import ProductChange
from ingest.plan import Planner, Stored, newest
from ingest.text import hash_of

TEMPLATES = {"title_vector": "{title}"}
PLANNER = Planner(TEMPLATES, "model-a")
TIME = 1_790_000_000_000_000


def product(version: int, title: str = "shoe") -> ProductChange:
    return ProductChange("1", "product", version, {"title": title})


def stored(
    version: int, title: str = "shoe", model: str = "model-a", state: str = "embedded"
) -> Stored:
    return Stored({"product": version}, hash_of({"title_vector": title}), model, state)


@pytest.mark.parametrize(
    ("change", "there", "embed"),
    [
        (product(1), Stored(), True),
        (product(2), stored(1), False),
        (product(2, "hat"), stored(1), True),
        (product(2), stored(1, model="model-b"), True),
        (product(2), stored(1, state="failed"), True),
        (product(1), stored(1, state="failed"), True),
        (product(2), Stored({"product": 1}, None, None, "deleted"), True),
        (product(2), Stored({"price": 9}, None, None, "pending"), True),
        (ProductChange("1", "product", 2, None), stored(1), False),
        (ProductChange("1", "price", 1, {"price": 1.0}), stored(9), False),
        (product(1), Stored(unread=True), True),
        (ProductChange("1", "product", 2, None), Stored(unread=True), False),
    ],
)
def test_only_new_text_is_embedded(change: ProductChange, there: Stored, embed: bool) -> None:
    """The model works when its text, the model or the state asks for it."""
    planned = PLANNER.plan(change, there)
    assert planned is not None
    assert planned.embed is embed


@pytest.mark.parametrize("there", [stored(5), stored(6), Stored({"product": 5}, state="deleted")])
def test_what_is_no_newer_is_stale(there: Stored) -> None:
    """Equal versions are the same change."""
    assert PLANNER.plan(product(5), there) is None


@given(
    st.lists(
        st.builds(
            ProductChange,
            st.sampled_from("ab"),
            st.sampled_from(["product", "price"]),
            st.integers(0, 5),
            st.none(),
        )
    )
)
def test_one_change_per_product_and_stream_survives(changes: list[ProductChange]) -> None:
    """It is the highest version; of equal ones the first, as across batches."""
    kept = {(change.id, change.group): change for change in newest(changes)}
    assert len(kept) == len(newest(changes))
    for change in changes:
        survivor = kept[change.id, change.group]
        assert survivor.version >= change.version
        first = next(
            c
            for c in changes
            if (c.id, c.group, c.version) == (survivor.id, survivor.group, survivor.version)
        )
        assert survivor is first


def tombstone() -> ProductChange:
    return ProductChange("1", "product", TIME, None, borrowed=True)


def test_a_borrowed_version_is_compared_with_times_only() -> None:
    """A delete is planned against a time, parked against a counter, and idle with neither."""
    assert PLANNER.plan(tombstone(), stored(TIME - 1)) is not None
    assert PLANNER.plan(tombstone(), Stored(), beside=TIME - 1) is not None
    assert PLANNER.plan(tombstone(), stored(TIME + 1)) is None
    assert PLANNER.plan(tombstone(), Stored()) is None
    for there, beside in ((stored(7), None), (Stored(), 7)):
        with pytest.raises(DeadLetterError, match="no time it could be compared with"):
            PLANNER.plan(tombstone(), there, beside)


def test_a_borrowed_version_is_not_compared_with_what_cannot_be_read() -> None:
    """Beside another change it is; alone it is parked, for it may be a counter that is stored."""
    unread = Stored(unread=True)
    assert PLANNER.plan(tombstone(), unread, beside=TIME - 1) is not None
    with pytest.raises(DeadLetterError, match="cluster fails on reading") as caught:
        PLANNER.plan(tombstone(), unread)
    assert caught.value.error_class == "Rejected"
