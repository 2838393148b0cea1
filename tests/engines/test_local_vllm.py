"""The engine that runs vLLM in process.

Where vLLM is installed, point DOCSENSE_TINY_MODEL at the folder of a small chat model and run this
file with that interpreter; a random Llama 4 of a few layers will do.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from docsense.engines.local_vllm import VllmEngine
from docsense.errors import MissingExtraError
from tests.engines.contract import EngineContract
from tests.engines.samples import SCHEMA, ask

MODEL = os.environ.get("DOCSENSE_TINY_MODEL", "")
needs_vllm = pytest.mark.skipif(
    find_spec("vllm") is None or not MODEL, reason="needs vllm and DOCSENSE_TINY_MODEL"
)


@pytest.fixture(scope="module")
def engine():
    return VllmEngine(
        MODEL,
        load_format="dummy",  # random weights: no claim here is about what a model says
        max_model_len=16_384,
        max_num_seqs=8,
        enforce_eager=True,
        kv_cache_memory_bytes=256 * 1024**2,
    )


@needs_vllm
@pytest.mark.filterwarnings("ignore")  # of the packages below vLLM
class TestVllmEngine(EngineContract):
    def test_the_window_is_that_of_the_loaded_model(self, engine):
        assert engine.window == 16_384

    def test_the_counter_is_the_models_own(self, engine):
        (completion,) = engine.complete([ask("word " * 500)])

        assert engine.counter.exact
        assert 0 <= completion.usage.prompt_tokens - engine.counter.count("word " * 500) < 50

    def test_the_time_within_vllm_is_told(self, engine):
        (completion,) = engine.complete([ask("Say something.")])

        assert 0 < completion.usage.server_seconds <= completion.usage.seconds

    def test_a_schema_shapes_the_text(self, engine):
        (completion,) = engine.complete([ask("Say it.", schema=SCHEMA, max_tokens=64)])

        assert completion.text.startswith('{"ok"')


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vllm is installed")
def test_without_vllm_the_extra_is_named_at_first_use():
    engine = VllmEngine("some-model")

    with pytest.raises(MissingExtraError, match="vllm") as caught:
        engine.complete([ask("Say something.")])
    assert "docsense[vllm]" in caught.value.hint
