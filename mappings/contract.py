"""The model contract: everything that must agree before two vectors may meet."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from textwrap import shorten
from typing import Any

from connector.errors import ModelMismatchError
from connector.model import ModelIdentity, identify
from mappings.catalogue import Catalogue

NORMALISATION = "l2"


@dataclass(frozen=True)
class ModelContract:
    """A model's identity together with the texts it embeds.

    Attributes:
        identity: the model, its prompts as the catalogue wants them.
        templates: text template of each vector field.
    """

    identity: ModelIdentity
    templates: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """12 hex digits over all that decides a vector; the model's name and revision do not."""
        decides = {
            key: value
            for key, value in self.as_meta().items()
            if key not in ("name", "revision", "fingerprint")
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:12]

    def as_meta(self) -> dict[str, Any]:
        """Return the contract as the index's `_meta.connector.model` keeps it.

        `long_text` is part of it where it is not the default, so that the fingerprints of indices
        from before there was a choice stand.
        """
        identity = asdict(self.identity)
        if self.identity.long_text == "truncate":
            del identity["long_text"]
        return {
            **identity,
            "normalisation": NORMALISATION,
            "templates": dict(self.templates),
        }


def contract_of(catalogue: Catalogue) -> ModelContract:
    """Read the model's files and return the contract that `catalogue` asks for.

    Raises:
        EncoderError: the model cannot be found; see `connector.model.identify`.
    """
    model = catalogue.model
    identity = identify(model.name, model.revision)
    if model.query_prompt is not None:
        identity = replace(identity, query_prompt=model.query_prompt)
    if model.document_prompt is not None:
        identity = replace(identity, document_prompt=model.document_prompt)
    identity = replace(identity, long_text=model.long_text)
    return ModelContract(identity, {name: spec.text for name, spec in catalogue.vectors.items()})


def require_same(wanted: ModelContract, meta: dict[str, Any], index: str) -> None:
    """Refuse to go on when an index was built with another model contract.

    Args:
        wanted: what this process would compute vectors with.
        meta: `_meta.connector.model` of the index.
        index: its name, for the message.

    Raises:
        ModelMismatchError: names every part that differs.
    """
    if meta.get("fingerprint") == wanted.fingerprint:
        return
    ours = wanted.as_meta()
    differs = [
        f"{key} is {_short(meta.get(key))} there and {_short(ours.get(key))} here"
        for key in {**ours, **meta}
        if key not in ("name", "revision", "fingerprint") and meta.get(key) != ours.get(key)
    ]
    raise ModelMismatchError(
        f"index {index!r} was built with another model contract "
        f"({meta.get('name')!r}, {meta.get('fingerprint')}): {'; '.join(differs) or 'unknown'}; "
        "use that model, or build a new index with `connector reindex start`"
    )


def _short(value: object) -> str:
    return shorten(repr(value), width=60, placeholder=" …")
