"""Which text of a product is embedded, and the hash that tells whether it changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from mappings.template import render


def texts_of(templates: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, str]:
    """Render each vector's template with the stored fields.

    Args:
        templates: template by vector field.
        fields: stored fields of one product.

    Returns:
        Text by vector field, in sorted order of the names; empty where no field has text.
    """
    return {name: render(templates[name], fields) for name in sorted(templates)}


def hash_of(texts: Mapping[str, str]) -> str:
    """Return 32 hex digits that differ whenever one of the texts does."""
    return hashlib.sha256(json.dumps(sorted(texts.items())).encode()).hexdigest()[:32]
