"""The fixed weights of a blend."""

from collections.abc import Mapping

from mappings.catalogue import Catalogue
from mappings.template import names_in

LEXICAL = "lexical"
COVERAGE = "coverage"


def fixed(catalogue: Catalogue, vector_weight: float) -> dict[str, float]:
    """Return weights by term name, adding up to 1.

    The vectors' share is divided by how many of a product's fields each embeds: a vector that
    has seen more of the product knows more about it.

    Args:
        catalogue: names the vector fields and the text each embeds.
        vector_weight: share of all vector fields together, 0 to 1.
    """
    seen = {name: max(1, len(names_in(spec.text))) for name, spec in catalogue.vectors.items()}
    total = sum(seen.values())
    return {
        LEXICAL: 1 - vector_weight,
        **{name: vector_weight * count / total for name, count in seen.items()},
    }


def with_coverage(weights: Mapping[str, float], coverage_weight: float) -> dict[str, float]:
    """Return the weights with a share for coverage, taken from all others alike."""
    rest = {name: weight * (1 - coverage_weight) for name, weight in weights.items()}
    return {**rest, COVERAGE: coverage_weight}
