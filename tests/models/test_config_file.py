from __future__ import annotations

import json

import pytest

from docsense.errors import ConfigError
from docsense.models import from_config, model_named

# Parameters as transformers 5 counts them, with the model built on the "meta" device.
MIXTRAL = {
    "model_type": "mixtral",
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "num_local_experts": 8,
    "num_experts_per_tok": 2,
    "vocab_size": 32000,
    "max_position_embeddings": 131072,
    "sliding_window": None,
}
QWEN3_MOE = {
    "model_type": "qwen3_moe",
    "hidden_size": 2048,
    "num_hidden_layers": 48,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "vocab_size": 151936,
    "max_position_embeddings": 40960,
    "use_sliding_window": False,
    "sliding_window": 4096,
}
GEMMA2 = {
    "model_type": "gemma2",
    "hidden_size": 2304,
    "num_hidden_layers": 26,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 256,
    "intermediate_size": 9216,
    "vocab_size": 256000,
    "tie_word_embeddings": True,
    "max_position_embeddings": 8192,
    "sliding_window": 4096,
}
LLAMA4_TEXT = {
    "model_type": "llama4_text",
    "hidden_size": 5120,
    "num_hidden_layers": 48,
    "num_attention_heads": 40,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "intermediate_size": 8192,
    "intermediate_size_mlp": 16384,
    "num_local_experts": 16,
    "num_experts_per_tok": 1,
    "interleave_moe_layer_step": 1,
    "attention_chunk_size": 8192,
    "vocab_size": 202048,
    "max_position_embeddings": 10485760,
    "tie_word_embeddings": False,
}


@pytest.fixture
def described(tmp_path):
    def describe(form):
        (tmp_path / "config.json").write_text(json.dumps(form), encoding="utf-8")
        return from_config(tmp_path)

    return describe


@pytest.mark.parametrize(
    ("form", "parameters"),
    [
        (MIXTRAL, 46_702_792_704),
        (QWEN3_MOE, 30_532_122_624),
        (GEMMA2, 2_614_341_888),
        (LLAMA4_TEXT, 107_769_861_120),
        (
            {**LLAMA4_TEXT, "interleave_moe_layer_step": 2, "num_local_experts": 128},
            400_711_848_960,
        ),
    ],
)
def test_parameters_are_counted_within_a_thousandth(described, form, parameters):
    assert described(form).total_parameters == pytest.approx(parameters, rel=0.001)


def test_a_llama_4_config_describes_scout(described):
    model = described({"model_type": "llama4", "text_config": LLAMA4_TEXT})

    scout = model_named("scout")
    for field in ("layers", "global_layers", "kv_heads", "attention_chunk", "window", "experts"):
        assert getattr(model, field) == getattr(scout, field)
    assert model.local_attention == "chunked"
    assert model.active_parameters == pytest.approx(scout.active_parameters, rel=0.001)
    assert model.matmul_parameters == pytest.approx(scout.matmul_parameters, rel=0.001)
    assert model.license == scout.license


def test_a_vision_config_adds_a_modality_and_its_parameters(described):
    vision = {"hidden_size": 1408, "num_hidden_layers": 34, "intermediate_size": 5632}
    text = described({"model_type": "llama4", "text_config": LLAMA4_TEXT})

    both = described({"model_type": "llama4", "text_config": LLAMA4_TEXT, "vision_config": vision})

    assert both.modalities == ("text", "image")
    assert 0.8e9 < both.total_parameters - text.total_parameters < 0.9e9
    assert both.active_parameters == text.active_parameters


@pytest.mark.parametrize(
    ("change", "layers", "kind"),
    [
        ({}, 48, "none"),
        ({"use_sliding_window": True, "max_window_layers": 28}, 28, "sliding"),
        ({"layer_types": ["sliding_attention", "full_attention"] * 24}, 24, "sliding"),
        ({"layer_types": ["full_attention"] * 48}, 48, "none"),
        ({"use_sliding_window": None, "sliding_window_pattern": 6}, 8, "sliding"),
        ({"use_sliding_window": None}, 0, "sliding"),
        ({"attention_chunk_size": 512, "no_rope_layers": [1, 1, 0] * 16}, 16, "chunked"),
    ],
)
def test_layers_that_hold_every_token_are_told_from_local_ones(described, change, layers, kind):
    model = described({**QWEN3_MOE, **change})

    assert model.global_layers == layers
    assert model.local_attention == kind
    assert (model.attention_chunk is None) == (kind == "none")


def test_yarn_stretches_the_window(described):
    scaling = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}

    assert described({**QWEN3_MOE, "rope_scaling": scaling}).window == 131072
    assert described(QWEN3_MOE).window == 40960


@pytest.mark.parametrize(
    ("quantization", "name", "bits"),
    [
        ({"quant_method": "fp8"}, "fp8", 8),
        ({"quant_method": "gptq", "bits": 4}, "int4", 4),
        ({"quant_method": "awq", "bits": 4}, "int4", 4),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4", 4.5),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}},
            },
            "fp8",
            8,
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}},
            },
            "int4",
            4,
        ),
    ],
)
def test_a_quantized_checkpoint_is_the_only_choice(described, tmp_path, quantization, name, bits):
    model = described({**MIXTRAL, "quantization_config": quantization})

    (weights,) = model.weights
    assert (weights.name, weights.repo) == (name, str(tmp_path))
    assert weights.size == pytest.approx(model.total_parameters * bits / 8, rel=0.14)


def test_an_unquantized_checkpoint_is_there_and_quantized_ones_are_estimates(described, tmp_path):
    weights = {each.name: each for each in described(MIXTRAL).weights}

    assert weights["bf16"].repo == str(tmp_path)
    assert weights["fp8"].repo == weights["int4"].repo == ""
    assert weights["bf16"].size > weights["fp8"].size > weights["int4"].size


@pytest.mark.parametrize(
    "field",
    [
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "vocab_size",
        "max_position_embeddings",
        "num_experts_per_tok",
    ],
)
def test_a_missing_field_is_named(described, field):
    with pytest.raises(ConfigError, match=repr(field)):
        described({key: value for key, value in MIXTRAL.items() if key != field})


@pytest.mark.parametrize("field", ["num_attention_heads", "hidden_size", "num_key_value_heads"])
def test_a_model_of_nothing_is_refused(described, field):
    with pytest.raises(ConfigError, match=field):
        described({**MIXTRAL, field: 0})


@pytest.mark.parametrize("wrong", ["many", -1, True, 1.5, [32]])
def test_a_field_of_another_kind_is_named(described, wrong):
    with pytest.raises(ConfigError, match="num_hidden_layers"):
        described({**MIXTRAL, "num_hidden_layers": wrong})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kv_lora_rank": 512}, "latent attention"),
        ({"layer_types": ["linear_attention", "full_attention"] * 16}, "linear"),
        ({"mamba_d_state": 128}, "state space"),
        ({"quantization_config": {"quant_method": "bitsandbytes", "bits": 8}}, "bitsandbytes"),
    ],
)
def test_what_cannot_be_planned_for_is_refused(described, change, said):
    with pytest.raises(ConfigError, match=said):
        described({**MIXTRAL, **change})


@pytest.mark.parametrize("content", ["{", "[]", "\udcff"])
def test_a_file_that_is_no_config_is_refused(tmp_path, content):
    (tmp_path / "config.json").write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(ConfigError, match=r"config\.json: not"):
        from_config(tmp_path)


def test_a_folder_without_a_config_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        model_named(str(tmp_path))


def test_a_folder_is_a_model_name(described, tmp_path):
    described(MIXTRAL)

    assert model_named(str(tmp_path)).experts == 8
    assert model_named(str(tmp_path / "config.json")).repo == str(tmp_path)
