"""The encoder against a plain `SentenceTransformer.encode(texts)`, on the texts of real products.

Run: python -m benchmarks.encoder --catalogue examples/esci.toml --file products.jsonl.gz
All read the same distinct texts in the same shuffled order, in turns in one run. On a GPU,
utilisation is shown where the package nvidia-ml-py is installed.
"""

import argparse
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from benchmarks.lines import lines
from benchmarks.machine import machine
from connector.encoder import Encoder
from connector.encoder.loading import load_model
from connector.model import locate
from connector.settings import load
from ingest.change import Position, Record
from ingest.decoders.decoder import Decoder
from ingest.parse import parse
from ingest.text import texts_of
from ingest.vectors import distinct
from mappings.catalogue import Catalogue, read
from mappings.contract import contract_of

# What SentenceTransformer.encode does when it is not told otherwise.
PLAIN_BATCH = 32


@dataclass
class Bench:
    """The texts, the encoder as the worker loads it, and the model as its library loads it."""

    texts: list[str]
    encoder: Encoder
    precise: Encoder
    plain: Any
    batch: int

    def chunks(self) -> Iterator[list[str]]:
        """Yield the texts as batches of the worker bring them."""
        for start in range(0, len(self.texts), self.batch):
            yield self.texts[start : start + self.batch]

    def by_the_library(self) -> None:
        """Encode all texts in one call, everything by default."""
        self.plain.encode(self.texts, show_progress_bar=False)

    def in_turn(self, encoder: Encoder) -> None:
        """Tokenise and encode a batch after the other."""
        for texts in self.chunks():
            encoder.encode(encoder.tokenise(texts))

    def overlapped(self) -> None:
        """Tokenise a batch while the one before is encoded, as the worker does."""
        with ThreadPoolExecutor(1) as ahead:
            under_way: Future[Any] = ahead.submit(lambda: None)
            for texts in self.chunks():
                tokens = self.encoder.tokenise(texts)
                under_way.result()
                under_way = ahead.submit(self.encoder.encode, tokens)
            under_way.result()

    def tokenising(self) -> None:
        """Tokenise alone."""
        for texts in self.chunks():
            self.encoder.tokenise(texts)


@dataclass
class Watch:
    """Seconds of each round, and how busy a device said it was, where it is a GPU."""

    device: torch.device
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    @contextmanager
    def round(self) -> Iterator[None]:
        """Time what is done inside."""
        done = threading.Event()
        sampler = threading.Thread(target=self._sample, args=(done,))
        sampler.start()
        started = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - started)
        done.set()
        sampler.join()

    def _sample(self, done: threading.Event) -> None:
        while self.device.type == "cuda" and not done.wait(0.1):
            try:
                self.busy.append(torch.cuda.utilization(self.device) / 100)
            except ModuleNotFoundError:
                return


def products(file: Path, catalogue: Catalogue, count: int) -> list[dict[str, str]]:
    """Return the texts of each product, by vector field."""
    decode = Decoder(catalogue, 10_000_000)
    templates = {name: spec.text for name, spec in catalogue.vectors.items()}
    found = []
    for offset, line in enumerate(lines(file, count)):
        key = str(parse(line, "line")[catalogue.source.id]).encode()
        change = decode(
            Record(Position(catalogue.source.topic, 0, offset), key, line, 1_790_000_000_000)
        )
        if change is not None and change.fields is not None:
            found.append(texts_of(templates, change.fields))
    return found


def padding_of_the_library(bench: Bench) -> float:
    """Return the share of padding where 32 texts go together, sorted by their characters."""
    counts = {text: len(ids) for text, ids in _ids(bench)}
    ordered = sorted(bench.texts, key=len, reverse=True)
    batches = [ordered[at : at + PLAIN_BATCH] for at in range(0, len(ordered), PLAIN_BATCH)]
    padded = sum(len(batch) * max(counts[text] for text in batch) for batch in batches)
    return 1 - sum(counts.values()) / padded


def padding(bench: Bench) -> float:
    """Return the share of padding in the encoder's micro-batches."""
    each = [bench.encoder.tokenise(texts) for texts in bench.chunks()]
    padded = sum(tokens.padded(bench.encoder.budget) for tokens in each)
    return 1 - sum(len(tokens.ids) for tokens in each) / padded


def peak(device: torch.device, dtype: torch.dtype) -> float:
    """Return the floating-point operations a second of a large matrix product, here and now."""
    size = 8192 if device.type == "cuda" else 1024
    left, right = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    best = float("inf")
    for _ in range(8):
        started = time.perf_counter()
        (left @ right)[0, 0].item()
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def work(bench: Bench) -> float:
    """Return the operations that the texts need, padding aside: 2 a weight and token, attention."""
    config = bench.plain[0].config
    layers = sum(
        weight.numel() for name, weight in bench.plain.named_parameters() if ".layer" in name
    )
    counts = [len(ids) for _, ids in _ids(bench)]
    attention = 4 * config.num_hidden_layers * config.hidden_size
    return float(sum(2 * layers * count + attention * count**2 for count in counts))


def _ids(bench: Bench) -> Iterator[tuple[str, Sequence[int]]]:
    found = bench.plain.tokenizer(
        bench.texts, truncation=True, max_length=bench.encoder.identity.max_tokens
    )["input_ids"]
    return zip(bench.texts, found, strict=True)


def main() -> None:
    """Read all in turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    settings, catalogue = load(), read(options.catalogue)
    found = products(options.file, catalogue, options.products)
    texts = distinct(found)
    random.Random(7).shuffle(texts)
    identity = contract_of(catalogue).identity
    precise = settings.encoder.model_copy(update={"dtype": "float32"})
    encoder = Encoder.load(identity, settings.encoder)
    plain = load_model(locate(identity.name, identity.revision), str(encoder.device))
    fields = len(catalogue.vectors)
    bench = Bench(
        texts,
        encoder,
        Encoder.load(identity, precise),
        plain,
        settings.ingest.batch_records * fields,
    )
    report(bench, len(found), options.rounds)


def report(bench: Bench, count: int, rounds: int) -> None:
    """Print texts, tokens and products per second of each way, and what they are of the plain one."""
    ways: dict[str, Callable[[], None]] = {
        "SentenceTransformer.encode": bench.by_the_library,
        "encoder, float32": lambda: bench.in_turn(bench.precise),
        "encoder, one step after the other": lambda: bench.in_turn(bench.encoder),
        "encoder, steps overlapped": bench.overlapped,
        "tokenising alone": bench.tokenising,
    }
    watches = {name: Watch(bench.encoder.device) for name in ways}
    bench.encoder.encode_documents(bench.texts[:64])
    bench.plain.encode(bench.texts[:64], show_progress_bar=False)
    for _ in range(rounds):
        for name, way in ways.items():
            with watches[name].round():
                way()
    tokens = sum(len(ids) for _, ids in _ids(bench))
    print(f"{count:,} products, {len(bench.texts):,} texts, {tokens:,} tokens; {machine()}")
    print(f"{bench.encoder.device}, {bench.encoder.dtype}, budget {bench.encoder.budget:,} tokens")
    print(f"padding: {padding_of_the_library(bench):.1%} plain, {padding(bench):.1%} encoder")
    print("| way | tokens/s | products/s | / plain | of peak | GPU busy | seconds |")
    print("|---|---|---|---|---|---|---|")
    whole, needed = statistics.median(watches["SentenceTransformer.encode"].seconds), work(bench)
    most = peak(bench.encoder.device, bench.encoder.dtype)
    for name, watch in watches.items():
        middle = statistics.median(watch.seconds)
        share = f"{needed / middle / most:.0%}" if "alone" not in name else ""
        busy = f"{statistics.mean(watch.busy):.0%}" if watch.busy else ""
        each = ", ".join(f"{seconds:.1f}" for seconds in watch.seconds)
        print(
            f"| {name} | {tokens / middle:,.0f} | {count / middle:,.0f} | {whole / middle:.2f} "
            f"| {share} | {busy} | {each} |"
        )


if __name__ == "__main__":
    main()
