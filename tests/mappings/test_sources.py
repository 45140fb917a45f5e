"""Which field reads which part of a record, and what is remembered of it."""

from mappings.sources import Pattern, Sources


def test_names_that_a_stream_invents_are_not_kept_by_the_megabyte() -> None:
    """They are told like all others; only those of a usual length are remembered."""
    sources = Sources(frozenset({"title"}), (Pattern("attributes", "attr_", ""),), ())
    long = "attr_" + "x" * 1_000
    assert [sources.place(each).kind for each in ("title", long, "w" * 500)] == [
        "value",
        "attribute",
        "unknown",
    ]
    assert sources._known.keys() == {"title"}
