"""A BERT sentence encoder as an ONNX graph, built from its safetensors file without torch.

The architecture is Devlin et al. 2019 with the pooling of Reimers & Gurevych 2019: token vectors
are averaged under the mask (or the first one is taken) and scaled to unit length, inside the graph.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from onnx import ModelProto, NodeProto, TensorProto

    Array = NDArray[np.float32]

_OPSET = 17
_MASKED = -1e4


def exportable(folder: Path) -> bool:
    """Tell whether a model folder is a BERT encoder with mean or first-token pooling."""
    try:
        config = _json(folder / "config.json")
        pooling = _json(folder / "1_Pooling" / "config.json")
    except (OSError, ValueError):
        return False
    return (
        (folder / "model.safetensors").is_file()
        and (folder / "tokenizer.json").is_file()
        and not (folder / "2_Dense").exists()
        and config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and bool(pooling.get("pooling_mode_mean_tokens") or pooling.get("pooling_mode_cls_token"))
    )


def build(folder: Path) -> ModelProto:
    """Return the fp32 graph: (batch, tokens) ids and mask to (batch, dim) unit rows."""
    from onnx import TensorProto, checker, helper
    from safetensors.numpy import load_file

    config = _json(folder / "config.json")
    weights = {
        key.removeprefix("bert."): value
        for key, value in load_file(folder / "model.safetensors").items()
    }
    graph = _Graph(weights=weights, epsilon=float(config["layer_norm_eps"]))
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = _embeddings(graph)
    bias = _mask_bias(graph, mask)
    for layer in range(int(config["num_hidden_layers"])):
        hidden = _layer(graph, hidden, bias, layer, heads=int(config["num_attention_heads"]))
    mean = bool(_json(folder / "1_Pooling" / "config.json").get("pooling_mode_mean_tokens"))
    _pool(graph, hidden, mask, mean=mean)
    tokens = ["batch", "tokens"]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "sentence-encoder",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, tokens)
                for name in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info(
                    "embedding", TensorProto.FLOAT, ["batch", int(config["hidden_size"])]
                )
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=9,
        producer_name="docsense",
    )
    checker.check_model(model)
    return model


def _json(path: Path) -> dict[str, Any]:
    form: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return form


@dataclass(slots=True)
class _Graph:
    """Nodes and constants, with a fresh name for each result."""

    weights: dict[str, Array]
    epsilon: float
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, value: Array | NDArray[np.int64], name: str = "") -> str:
        from onnx import numpy_helper

        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def number(self, value: float) -> str:
        import numpy as np

        return self.constant(np.array(value, dtype=np.float32))

    def integers(self, *values: int) -> str:
        import numpy as np

        return self.constant(np.array(values, dtype=np.int64))

    def linear(self, hidden: str, weight: Array, bias: Array) -> str:
        import numpy as np

        product = self.add("MatMul", hidden, self.constant(np.ascontiguousarray(weight.T)))
        return self.add("Add", product, self.constant(bias))

    def normalized(self, hidden: str, prefix: str) -> str:
        return self.add(
            "LayerNormalization",
            hidden,
            self.constant(self.weights[f"{prefix}.weight"]),
            self.constant(self.weights[f"{prefix}.bias"]),
            axis=-1,
            epsilon=self.epsilon,
        )


def _embeddings(graph: _Graph) -> str:
    weights = graph.weights
    words = graph.constant(weights["embeddings.word_embeddings.weight"])
    # Every token is of type 0, so that row joins the positions once, here.
    positions = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    shape = graph.add("Shape", "input_ids")
    length = graph.add("Slice", shape, graph.integers(1), graph.integers(2))
    used = graph.add(
        "Slice", graph.constant(positions), graph.integers(0), length, graph.integers(0)
    )
    total = graph.add("Add", graph.add("Gather", words, "input_ids"), used)
    return graph.normalized(total, "embeddings.LayerNorm")


def _mask_bias(graph: _Graph, mask: str) -> str:
    """Return 0 where a token is, a large negative number elsewhere: (batch, 1, 1, tokens)."""
    absent = graph.add("Sub", graph.number(1.0), mask)
    scaled = graph.add("Mul", absent, graph.number(_MASKED))
    return graph.add("Unsqueeze", scaled, graph.integers(1, 2))


def _layer(graph: _Graph, hidden: str, bias: str, layer: int, *, heads: int) -> str:
    prefix = f"encoder.layer.{layer}"
    context = _attention(graph, hidden, bias, prefix, heads=heads)
    weights = graph.weights
    dense = f"{prefix}.attention.output.dense"
    out = graph.linear(context, weights[f"{dense}.weight"], weights[f"{dense}.bias"])
    hidden = graph.normalized(graph.add("Add", out, hidden), f"{prefix}.attention.output.LayerNorm")
    up, down = f"{prefix}.intermediate.dense", f"{prefix}.output.dense"
    inner = graph.linear(hidden, weights[f"{up}.weight"], weights[f"{up}.bias"])
    erf = graph.add("Erf", graph.add("Div", inner, graph.number(sqrt(2.0))))
    half = graph.add("Mul", inner, graph.number(0.5))
    gelu = graph.add("Mul", half, graph.add("Add", erf, graph.number(1.0)))
    out = graph.linear(gelu, weights[f"{down}.weight"], weights[f"{down}.bias"])
    return graph.normalized(graph.add("Add", out, hidden), f"{prefix}.output.LayerNorm")


def _attention(graph: _Graph, hidden: str, bias: str, prefix: str, *, heads: int) -> str:
    weights = graph.weights
    parts = []
    for part in ("query", "key", "value"):
        name = f"{prefix}.attention.self.{part}"
        weight, offset = weights[f"{name}.weight"], weights[f"{name}.bias"]
        size = weight.shape[0] // heads
        flat = graph.linear(hidden, weight, offset)
        split = graph.add("Reshape", flat, graph.integers(0, 0, heads, size))
        order = [0, 2, 3, 1] if part == "key" else [0, 2, 1, 3]
        parts.append(graph.add("Transpose", split, perm=order))
    query, key, value = parts
    scores = graph.add("MatMul", query, key)
    scaled = graph.add("Div", scores, graph.number(sqrt(size)))
    weighted = graph.add("Softmax", graph.add("Add", scaled, bias), axis=-1)
    context = graph.add("Transpose", graph.add("MatMul", weighted, value), perm=[0, 2, 1, 3])
    return graph.add("Reshape", context, graph.integers(0, 0, heads * size))


def _pool(graph: _Graph, hidden: str, mask: str, *, mean: bool) -> None:
    if mean:
        present = graph.add("Unsqueeze", mask, graph.integers(2))
        total = graph.add(
            "ReduceSum", graph.add("Mul", hidden, present), graph.integers(1), keepdims=0
        )
        pooled = graph.add(
            "Div", total, graph.add("ReduceSum", present, graph.integers(1), keepdims=0)
        )
    else:
        first = graph.add("Slice", hidden, graph.integers(0), graph.integers(1), graph.integers(1))
        pooled = graph.add("Squeeze", first, graph.integers(1))
    graph.add("LpNormalization", pooled, output="embedding", axis=-1, p=2)
