from __future__ import annotations

import pytest

from docsense.errors import ConfigError
from docsense.models import known, license_notice, model_named
from docsense.models.evidence import EVIDENCE, effective_ceiling, evidence_for

TASKS = ("lookup", "question", "global", "summary")


def test_parameters_follow_from_the_shapes():
    for name, mixtures, dense in (("scout", 48, 0), ("maverick", 24, 24)):
        model = model_named(name)
        attention = 48 * 2 * 5120 * 128 * (40 + 8)
        expert = 3 * 5120 * 8192
        feed = mixtures * 2 * expert + dense * 2 * expert  # routed and shared; dense is twice wide
        embeddings = 2 * 202_048 * 5120
        all_experts = mixtures * (model.experts - 1) * expert

        assert model.matmul_parameters == pytest.approx(attention + feed, rel=0.001)
        assert model.active_parameters == pytest.approx(attention + feed + embeddings, rel=0.001)
        text = attention + feed + embeddings + all_experts
        assert model.total_parameters == pytest.approx(text + 0.87e9, rel=0.001)


def test_weights_take_about_the_bytes_that_their_precision_says():
    bits = {"bf16": 16, "fp8": 8, "int4": 4.2, "nvfp4": 4.5}
    for model in known():
        for weights in model.weights:
            assert weights.size >= model.total_parameters * bits[weights.name] / 8 * 0.999
            assert weights.size <= model.total_parameters * bits[weights.name] / 8 * 1.13


@pytest.mark.parametrize(
    "name",
    ["scout", "SCOUT", "meta-llama/Llama-4-Scout-17B-16E-Instruct"]
    + [weights.repo for weights in model_named("scout").weights],
)
def test_a_model_is_known_by_its_name_and_by_every_checkpoint(name):
    assert model_named(name).name == "scout"


def test_an_unknown_name_is_refused_with_what_can_be_used():
    with pytest.raises(ConfigError, match="not known") as caught:
        model_named("scoot")

    assert "scout, maverick" in caught.value.hint


def test_the_empty_name_is_no_checkpoint_of_the_unreleased_model():
    with pytest.raises(ConfigError):
        model_named("no/such/folder")

    behemoth = model_named("behemoth")
    assert not behemoth.released
    assert behemoth.weights == ()
    assert any("never released" in note for note in behemoth.notes)


def test_the_license_names_its_three_limits():
    notice = " ".join(license_notice(model_named("scout")))

    for limit in ("European Union", "700 million", "Built with Llama"):
        assert limit in notice
    assert license_notice(model_named("behemoth")) == ()


def test_every_released_model_has_a_reasoned_ceiling_within_its_window():
    for model in known():
        if model.released:
            for task in TASKS:
                ceiling = effective_ceiling(model.name, task)
                assert 0 < ceiling.tokens <= model.window
                assert ceiling.source
                assert ceiling.reason


def test_inference_gets_the_lowest_ceiling_and_literal_lookup_the_highest():
    for name in ("scout", "maverick", "anything else"):
        tokens = {task: effective_ceiling(name, task).tokens for task in TASKS}
        assert min(tokens.values()) == tokens["question"]
        assert max(tokens.values()) == tokens["lookup"]


def test_a_renamed_checkpoint_has_the_ceilings_of_its_model():
    served = "someone/llama-4-scout-17b-16e-instruct-gguf"

    assert effective_ceiling(served, "question") == effective_ceiling("scout", "question")
    assert evidence_for(served) == evidence_for("scout")


def test_an_unknown_model_is_said_to_have_no_evidence():
    ceiling = effective_ceiling("qwen", "summary")

    assert "no published test" in ceiling.reason
    assert evidence_for("qwen") == ()


def test_no_score_rises_with_the_length():
    series: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for each in EVIDENCE:
        series.setdefault((each.model, each.test), []).append((each.tokens, each.score))

    assert len(series[("scout", "NoLiMa")]) == 7
    for scores in series.values():
        assert [score for _, score in sorted(scores)] == sorted(
            (score for _, score in scores), reverse=True
        )
