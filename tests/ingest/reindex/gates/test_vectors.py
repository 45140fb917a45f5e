from pathlib import Path

from plugins.crossing import COUNT, put, shelf

from ingest.reindex.gates import vectors
from mappings.gate import Crossing


def test_vectors_of_the_indexs_own_model_pass(pair: Crossing) -> None:
    """Computed again in a batch of another size, they are the same to within the tolerance."""
    put(pair, pair.new, shelf(), 1)
    verdict = vectors.gate(pair)
    assert verdict.passed
    assert verdict.figures["sampled"] == COUNT
    assert verdict.figures["other models"] == 0


def test_weights_of_equal_dimension_are_never_mixed_in(pair: Crossing, other_model: Path) -> None:
    """Documents that bear the right fingerprint and vectors of another model give themselves away."""
    put(pair, pair.new, shelf(), 1)
    put(pair, pair.new, {"p500": {"title": "odd one", "body": "out"}}, 1, str(other_model))
    verdict = vectors.gate(pair)
    assert not verdict.passed
    assert verdict.figures["other vectors"] == 1
    assert "'p500'" in verdict.reason


def test_a_document_that_names_another_model_is_counted_without_being_sampled(
    pair: Crossing,
) -> None:
    """Every document is looked at for that."""
    put(pair, pair.new, shelf(), 1)
    script = "ctx._source.connector.model = '0123456789ab'; ctx._source.connector.deleted = true"
    pair.client.update(
        index=pair.new.physical, id="p005", body={"script": script}, params={"refresh": "true"}
    )
    verdict = vectors.gate(pair)
    assert not verdict.passed
    assert (verdict.figures["other vectors"], verdict.figures["other models"]) == (0, 1)


def test_a_product_without_its_vector_is_found(pair: Crossing) -> None:
    """What says that it is embedded has to have vectors."""
    put(pair, pair.new, shelf(), 1)
    pair.client.update(
        index=pair.new.physical,
        id="p005",
        body={"script": "ctx._source.remove('title_vector')"},
        params={"refresh": "true"},
    )
    assert vectors.gate(pair).figures["least cosine"] == -1.0
