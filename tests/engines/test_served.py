from __future__ import annotations

import pytest

from docsense.errors import ContextOverflowError, EngineError
from tests.engines.samples import ask, text_of


class TestTheWindow:
    @pytest.mark.parametrize(
        "card",
        [
            {"max_model_len": 5000},
            {"context_length": 5000},
            {"max_context_length": 5000},
            {"context_window": 5000},
            {"meta": {"n_ctx": 5000, "n_ctx_train": 131_072}},
            {"meta": {"n_ctx_train": 5000}},
        ],
    )
    def test_is_what_the_server_says(self, engine_of, server, card):
        server.models = [{"id": "tiny"} | card]
        engine = engine_of(window=7 if "n_ctx_train" not in str(card) else 0)

        assert (engine.window, engine.window_known) == (5000, True)

    def test_is_what_llama_cpp_serves_rather_than_what_its_model_could(self, engine, server):
        server.models = [{"id": "tiny", "meta": {"n_ctx_train": 131_072}}]
        server.props = {"default_generation_settings": {"n_ctx": 4096}}

        assert engine.window == 4096

    def test_is_what_the_user_says_where_the_server_does_not(self, engine_of, server):
        server.models = [{"id": "tiny"}]
        engine = engine_of(window=9000)

        assert (engine.window, engine.window_known) == (9000, True)

    def test_is_a_careful_guess_where_nobody_says(self, engine, server):
        server.models = [{"id": "tiny"}]

        assert (engine.window, engine.window_known) == (32_768, False)

    def test_is_a_guess_that_a_refusal_admits(self, engine, server):
        server.models = [{"id": "tiny"}]
        with pytest.raises(ContextOverflowError, match="assumed") as caught:
            text_of(engine, ask("word " * 50_000))

        assert "DOCSENSE_WINDOW" in caught.value.hint

    def test_of_an_adapter_is_its_models(self, engine_of, server):
        server.models = [
            {"id": "base", "max_model_len": 5000},
            {"id": "adapter", "parent": "base", "max_model_len": None},
        ]

        assert engine_of(model="adapter").window == 5000

    def test_is_asked_once(self, engine, server):
        assert [engine.window for _ in range(3)] == [200] * 3
        assert server.paths == ["/v1/models"]


class TestTheModel:
    def test_is_the_first_one_by_default(self, engine, server):
        server.models = [{"id": "a", "max_model_len": 100}, {"id": "b", "max_model_len": 200}]
        text_of(engine)

        assert engine.name == f"a @ 127.0.0.1:{server.server_port}"
        assert server.requests[0]["model"] == "a"

    def test_that_is_unknown_names_those_there_are(self, engine_of, server):
        server.models = [{"id": "a"}, {"id": "b"}]

        with pytest.raises(EngineError, match="a, b"):
            text_of(engine_of(model="c"))

    def test_is_believed_where_the_server_has_no_list(self, engine_of, server):
        server.models = []
        text_of(engine_of(model="c"))

        assert server.requests[0]["model"] == "c"

    def test_is_needed_where_the_server_has_no_list(self, engine, server):
        server.models = []

        with pytest.raises(EngineError):
            text_of(engine)
