"""A BERT of a few thousand weights, stored as sentence-transformers does: tests need no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

_WORDS = (
    "the net sales rose in berlin die zinsen def load path return a b c . , ( ) : 2 0 1 7 ##s ##d"
)
_DIM, _WIDE, _LAYERS, _POSITIONS = 24, 48, 2, 64


@pytest.fixture
def make_model(tmp_path):
    return lambda **config: _write_model(tmp_path / "models" / "tiny", **config)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return _write_model(tmp_path_factory.mktemp("models") / "tiny")


def _write_model(folder: Path, *, pooling: str = "mean", **config: object) -> Path:
    """Write the model and return its folder; ``config`` replaces values of config.json."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_WORDS.split()]
    (folder / "1_Pooling").mkdir(parents=True)
    _write(
        folder / "modules.json", [_module(0, "Transformer", ""), _module(1, "Pooling", "1_Pooling")]
    )
    mode = {
        f"pooling_mode_{kind}": kind.startswith(pooling) for kind in ("cls_token", "mean_tokens")
    }
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": _DIM, **mode})
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 16, "do_lower_case": False})
    _write(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": _DIM,
            "intermediate_size": _WIDE,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": _POSITIONS,
            "num_attention_heads": 4,
            "num_hidden_layers": _LAYERS,
            "type_vocab_size": 2,
            "vocab_size": len(words),
        }
        | config,
    )
    _write_tokenizer(folder, words)
    _write_weights(folder / "model.safetensors", _weights(len(words)))
    return folder


def _write_weights(path: Path, tensors: dict[str, np.ndarray]) -> None:
    header, start = {}, 0
    for name, values in tensors.items():
        offsets = [start, start + values.nbytes]
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": offsets}
        start = offsets[1]
    head = json.dumps(header).encode()
    data = b"".join(values.tobytes() for values in tensors.values())
    path.write_bytes(len(head).to_bytes(8, "little") + head + data)


def _weights(words: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (words, _DIM),
        "embeddings.position_embeddings.weight": (_POSITIONS, _DIM),
        "embeddings.token_type_embeddings.weight": (2, _DIM),
        "embeddings.LayerNorm.weight": (_DIM,),
        "embeddings.LayerNorm.bias": (_DIM,),
    }
    for layer in range(_LAYERS):
        own = f"encoder.layer.{layer}."
        linears = {f"attention.self.{part}": (_DIM, _DIM) for part in ("query", "key", "value")}
        linears |= {"attention.output.dense": (_DIM, _DIM), "intermediate.dense": (_WIDE, _DIM)}
        linears |= {"output.dense": (_DIM, _WIDE)}
        for name, shape in linears.items():
            shapes |= {f"{own}{name}.weight": shape, f"{own}{name}.bias": shape[:1]}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{own}{name}.weight": (_DIM,), f"{own}{name}.bias": (_DIM,)}
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def _write_tokenizer(folder: Path, words: list[str]) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {
        f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")
    }
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", **special})


def _module(index: int, kind: str, path: str) -> dict[str, object]:
    return {
        "idx": index,
        "name": str(index),
        "path": path,
        "type": f"sentence_transformers.models.{kind}",
    }


def _write(path: Path, form: object) -> None:
    path.write_text(json.dumps(form), encoding="utf-8")
