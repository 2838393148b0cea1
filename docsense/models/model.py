"""What planning, serving and routing know of a model, as numbers.

A layer is *global* when it holds every token of the context, and local when it holds at most
``attention_chunk`` of them; that one difference decides how long a context a machine can hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WeightsName = Literal["bf16", "fp8", "int4", "nvfp4"]
KvDtype = Literal["bf16", "fp8"]
LLAMA_4_LICENSE = "Llama 4 Community License"

_KV_BYTES: dict[KvDtype, int] = {"bf16": 2, "fp8": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One checkpoint of a model.

    Args:
        repo: Id on the Hugging Face hub, or a folder; "" when no checkpoint is known, and the
            size is an estimate from the parameters.
        size: Bytes of all its tensors, as loaded.
    """

    name: WeightsName
    repo: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A transformer with grouped-query attention. A number that was never published is 0.

    Args:
        name: What commands call it; ``repo`` is its id on the Hugging Face hub, or a folder.
        experts: Routed experts of one mixture layer, of which a token visits
            ``experts_per_token``; 0 for a dense model. Shared experts are not counted.
        active_parameters: That one token passes through, embeddings included.
        total_parameters: All, vision included.
        matmul_parameters: Of ``active_parameters``, those that are multiplied with every token:
            without embeddings and output head.
        window: Tokens that the model takes, as advertised. What a server takes, and what the
            model understands, are other numbers.
        attention_chunk: Tokens that a local layer looks back, at most; None without local layers.
        local_attention: "chunked" (Llama 4: blocks of ``attention_chunk``) or "sliding".
        global_layers: Layers that hold every token; the other layers are local.
        notes: What a reader should know.
    """

    name: str
    title: str
    repo: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    experts: int
    experts_per_token: int
    active_parameters: int
    total_parameters: int
    matmul_parameters: int
    window: int
    attention_chunk: int | None
    local_attention: Literal["none", "chunked", "sliding"]
    global_layers: int
    vocabulary: int
    modalities: tuple[str, ...]
    license: str
    released: bool
    weights: tuple[Weights, ...]
    notes: tuple[str, ...] = ()

    @property
    def local_layers(self) -> int:
        """Layers that hold no more than ``attention_chunk`` tokens of a request."""
        return self.layers - self.global_layers

    @property
    def rope_table_bytes(self) -> int:
        """Bytes of the table of rotations on each GPU.

        vLLM builds it from the advertised window whatever the served one is
        (rotary_embedding/base.py of vLLM 0.33.0): one row of ``head_dim`` bf16 per position.
        """
        return self.window * self.head_dim * 2

    def layer_kv_bytes(self, kv_dtype: KvDtype = "bf16") -> int:
        """Bytes of keys and values of one token in one layer, all heads together."""
        return 2 * self.kv_heads * self.head_dim * _KV_BYTES[kv_dtype]

    def weights_named(self, name: WeightsName) -> Weights | None:
        """Return the checkpoint of that precision, or None."""
        return next((weights for weights in self.weights if weights.name == name), None)
