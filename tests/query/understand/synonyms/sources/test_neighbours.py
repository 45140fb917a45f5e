from collections.abc import Sequence

import numpy as np

from query.understand.synonyms.sources.neighbours import Vectors, candidates
from query.understand.synonyms.sources.vocabulary import Vocabulary, build

PLACES = {
    "sofa": (1.0, 0.0, 0.0),
    "couch": (0.95, 0.3, 0.0),
    "bench": (0.8, 0.6, 0.0),
    "black": (0.0, 0.1, 1.0),
    "white": (0.0, 0.0, 1.0),
    "hose": (-1.0, 0.0, 0.0),
}


def _encode(texts: Sequence[str]) -> Vectors:
    vectors = np.array([PLACES[text] for text in texts], dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / lengths
    return unit


def _pairs(words: Vocabulary) -> list[set[str]]:
    return [{*one, *other} for one, other, _ in candidates(words, _encode)]


def test_mutual_neighbours_are_candidates_with_their_cosine() -> None:
    """Only terms that are each other's nearest are taken, and no two colours."""
    words = build(list(PLACES) * 3, [])
    found = list(candidates(words, _encode))
    assert [{*one, *other} for one, other, _ in found] == [{"sofa", "couch"}]
    assert 0.95 < found[0][2] < 0.96


def test_terms_that_share_titles_are_no_synonyms() -> None:
    """What stands side by side in a title adds to it: a seller does not say a thing twice."""
    assert _pairs(build(["sofa", "sofa, couch", "couch"] * 3, [])) == []


def test_distant_terms_are_no_candidates() -> None:
    """Mutual neighbours for want of others are not close enough."""
    assert _pairs(build(["sofa", "hose"] * 3, [])) == []


def test_a_single_term_has_no_neighbour() -> None:
    """A catalogue with fewer than two terms yields nothing and asks for no vector."""
    assert _pairs(build(["unheard"] * 3, [])) == []
