from __future__ import annotations

import pytest

from docsense.errors import ContextOverflowError
from tests.engines.samples import WordCounter, ask, text_of


class TestCounting:
    def test_asks_the_server(self, engine, server):
        assert engine.count(ask("two words")) == 5
        assert server.tokenized == [
            {"messages": [{"role": "user", "content": "two words"}], "model": "tiny"}
        ]

    def test_is_done_here_where_the_server_cannot(self, engine, server):
        server.tokenizes = False

        assert [engine.count(ask("two words")) for _ in range(2)] == [2, 2]
        assert server.paths.count("/tokenize") == 1

    @pytest.mark.parametrize(("words", "asked"), [(100, False), (187, True)])
    def test_is_asked_for_only_near_the_limit(self, engine, server, words, asked):
        text_of(engine, ask("word " * words, max_tokens=10))

        assert bool(server.tokenized) == asked

    def test_of_an_estimate_is_checked_before_a_prompt_is_refused(self, engine_of, server):
        engine = engine_of(counter=WordCounter(exact=False, factor=3))

        assert text_of(engine, ask("word " * 150)) == "one two three"
        assert len(server.tokenized) == 1

    def test_refuses_what_cannot_fit_without_sending_it(self, engine, server):
        with pytest.raises(ContextOverflowError) as caught:
            text_of(engine, ask("word " * 1000))

        assert (caught.value.needed, caught.value.window) == (1008, 200)
        assert server.paths == ["/v1/models"]

    def test_by_lower_bounds_refuses_where_the_server_cannot_count(self, engine_of, server):
        server.tokenizes = False
        engine = engine_of(counter=WordCounter(exact=False))

        with pytest.raises(ContextOverflowError):
            text_of(engine, ask("word " * 500))
        assert server.requests == []

    def test_leaves_to_the_server_what_bounds_cannot_tell(self, engine_of, server):
        server.tokenizes = False
        engine = engine_of(counter=WordCounter(exact=False, factor=1.5))

        assert text_of(engine, ask("word " * 150)) == "one two three"


class TestOverflowToldByTheServer:
    def test_has_the_true_count(self, engine, server):
        with pytest.raises(ContextOverflowError) as caught:
            text_of(engine, ask("word " * 300, tokens=10))

        assert (caught.value.needed, caught.value.window) == (300 + 3 + 8, 200)
        assert len(server.requests) == 1

    def test_has_what_is_known_where_nobody_counts(self, engine, server):
        server.tokenizes = False
        with pytest.raises(ContextOverflowError) as caught:
            text_of(engine, ask("word " * 300, tokens=10))

        assert caught.value.needed == 201

    @pytest.mark.parametrize(
        "error",
        [
            {"message": "too long", "code": "context_length_exceeded"},
            {"message": "too long", "type": "exceed_context_size_error", "code": 400},
            {"message": "exceeds the available context size"},
            {"message": "characters", "param": "input_text", "code": 400},
        ],
    )
    def test_is_known_in_other_servers_words(self, engine, server, error):
        server.tokenizes = False
        server.first_answers = [None, (400, {"error": error}, {})]

        with pytest.raises(ContextOverflowError):
            text_of(engine)

    def test_of_llama_cpp_has_its_numbers(self, engine, server):
        server.tokenizes = False
        error = {"type": "exceed_context_size_error", "n_prompt_tokens": 900, "n_ctx": 512}
        server.first_answers = [None, (400, {"error": error}, {})]

        with pytest.raises(ContextOverflowError) as caught:
            text_of(engine)
        assert (caught.value.needed, caught.value.window) == (908, 512)
