from hypothesis import given
from hypothesis import strategies as st

from ingest.text import hash_of, texts_of

TEXTS = st.dictionaries(
    st.sampled_from(["a", "b", "ab"]), st.text(st.characters(exclude_characters="\0"), max_size=6)
)


def test_each_vector_has_the_text_of_its_template() -> None:
    """Missing fields leave nothing, and white space does not count."""
    templates = {"title_vector": "{title}", "body_vector": "{title}  {body}"}
    assert texts_of(templates, {"title": "Red\nshoe"}) == {
        "body_vector": "Red shoe",
        "title_vector": "Red shoe",
    }


@given(TEXTS, TEXTS)
def test_the_hash_tells_different_texts_apart(one: dict[str, str], other: dict[str, str]) -> None:
    """Equal hashes mean equal texts under equal names, in whatever order they come."""
    assert (hash_of(one) == hash_of(dict(reversed(other.items())))) == (one == other)
