"""The default embedder: a BERT sentence encoder in int8 on onnxruntime.

The graph is made once from the model's own weights, quantized, checked against fp32 and kept in the
user's cache folder. Importing onnxruntime takes a tenth of a second; sentence-transformers, five.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from docsense.embedders.onnx_graph import build, exportable
from docsense.embedders.weights import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    from docsense.embedders import Vectors

_EXPORT = "1"
_BATCH = 16
_LEAST_AGREEMENT = 0.98
_SAMPLES = (
    "Net sales increased 27% compared to the prior year, driven by volume.",
    "def load(path: Path) -> Document: read one file and return its text",
    "Die Bank hat ihre Zinsen im dritten Quartal nicht gesenkt.",
    "Depreciation and amortization 1,488 1,544 1,474",
)


class Int8Embedder:
    """int8 where it agrees with fp32 (cosine of at least .98 on samples), else fp32.

    Loading waits for the first text; the name and the dimension are known at once.
    """

    def __init__(self, folder: Path, *, name: str, cache: Path | None = None) -> None:
        self._folder = folder
        self._cache = cache
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dim = int(config["hidden_size"])
        self.name = f"{name}-int8.{_EXPORT}@{fingerprint(folder)}"

    @staticmethod
    def supports(folder: Path) -> bool:
        return exportable(folder)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape (len(texts), dim)."""
        import numpy as np

        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        encoded = self._tokenizer.encode_batch(list(texts))
        # Texts of one length share a batch, so that little is computed for padding.
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            width = len(encoded[chosen[-1]].ids)
            ids = np.zeros((len(chosen), width), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(chosen):
                ids[row, : len(encoded[i].ids)] = encoded[i].ids
                mask[row, : len(encoded[i].ids)] = 1
            rows[chosen] = self._session.run(
                ["embedding"], {"input_ids": ids, "attention_mask": mask}
            )[0]
        return rows

    def embed_query(self, text: str) -> Vectors:
        """Return the question's vector: shape (1, dim)."""
        return self.embed_passages([text])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_truncation(_longest(self._folder))
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> InferenceSession:
        path = self._path()
        if path.is_file():
            return _session(str(path))
        graph = self._export()
        _keep(path, graph)
        return _session(graph)

    def _path(self) -> Path:
        import platformdirs

        cache = self._cache or platformdirs.user_cache_path("docsense") / "onnx"
        return cache / f"{self.name.replace('/', '--')}.onnx"

    def _export(self) -> bytes:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        exact = build(self._folder)
        exact_bytes: bytes = exact.SerializeToString()
        with tempfile.TemporaryDirectory() as folder, _no_advice():
            target = Path(folder) / "int8.onnx"
            quantize_dynamic(
                exact,
                target,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul"],
                per_channel=True,
                reduce_range=False,
            )
            small = target.read_bytes()
        return small if self._agrees(exact_bytes, small) else exact_bytes

    def _agrees(self, exact: bytes, small: bytes) -> bool:
        rows = []
        for graph in (exact, small):
            self.__dict__["_session"] = _session(graph)
            rows.append(self.embed_passages(_SAMPLES))
        del self.__dict__["_session"]
        return bool((rows[0] * rows[1]).sum(axis=1).min() >= _LEAST_AGREEMENT)


@contextmanager
def _no_advice() -> Iterator[None]:
    """Keep the quantizer from advising, through the root logger, what a small graph needs not."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _longest(folder: Path) -> int:
    """Return the most tokens that the model reads of a text."""
    try:
        form = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        form = {}
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return int(form.get("max_seq_length") or config["max_position_embeddings"])


def _session(graph: str | bytes) -> InferenceSession:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _keep(path: Path, graph: bytes) -> None:
    """Write the graph for the next process, in one step; a read-only cache folder is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(graph)
        Path(file.name).replace(path)
    except OSError:
        logging.getLogger(__name__).info("%s: cannot be written, exporting again next time", path)
