from __future__ import annotations

import threading
from itertools import count

import pytest

from docsense.errors import EngineUnavailableError
from tests.engines.samples import WordCounter, ask, text_of


class TestUsage:
    def test_is_the_servers(self, engine):
        (completion,) = engine.complete([ask("Say something.")])
        usage = completion.usage

        assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (5, 3, 0)
        assert usage.server_seconds == 1.0
        assert 0 < usage.first_token <= usage.seconds

    def test_is_counted_here_where_the_server_does_not(self, engine, server):
        server.says_usage = False
        (completion,) = engine.complete([ask("Say something.")])
        usage = completion.usage

        assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (2, 3, None)
        assert usage.server_seconds is None

    def test_counts_the_prefill_into_the_first_token(self, engine, server):
        server.hold = threading.Event()
        server.on_hold = lambda: threading.Timer(0.2, server.hold.set).start()
        (completion,) = engine.complete([ask("Say something.")])

        assert completion.usage.first_token >= 0.2

    def test_warns_of_a_server_that_read_only_a_part(self, engine):
        with pytest.warns(UserWarning, match="read 5 tokens"):
            engine.complete([ask("Say something.", tokens=50)])

    def test_of_a_clamped_completion_says_length(self, engine_of, server):
        # An estimate that is too low lets the prompt through; vLLM then shortens the completion.
        server.reply = lambda text: ["x"] * 50
        engine = engine_of(counter=WordCounter(exact=False, factor=0.5))
        (completion,) = engine.complete([ask("word " * 190, max_tokens=20)])

        assert completion.finish == "length"
        assert completion.usage.completion_tokens == 200 - 193


class TestAStreamThatBreaks:
    def test_after_text_is_told_and_not_tried_again(self, engine, server):
        server.cut_after = 2
        with pytest.raises(EngineUnavailableError, match="mid-answer, after 7 characters"):
            text_of(engine)

        assert len(server.requests) == 1

    def test_without_an_end_is_told(self, engine, server):
        server.says_done = False

        with pytest.raises(EngineUnavailableError, match="mid-answer"):
            text_of(engine)

    def test_gives_the_text_that_came(self, engine, server):
        server.cut_after = 2
        pieces = []
        with pytest.raises(EngineUnavailableError):
            pieces.extend(iter(engine.stream(ask("Say something."))))

        assert pieces == ["one", " two"]

    def test_with_an_error_gives_its_reason(self, engine, server):
        server.error_after = (1, {"message": "engine died", "code": 500})

        with pytest.raises(EngineUnavailableError, match="engine died, after 3 characters"):
            text_of(engine)

    def test_before_any_text_is_tried_again(self, engine, server):
        server.reply = count_up(lambda n: [""] if n == 1 else ["fine"])
        server.error_after = (1, {"message": "queue full", "code": 503})
        stream = engine.stream(ask("Say something."))

        assert next(stream) == "fine"
        assert len(server.requests) == 2
        stream.close()


def count_up(reply):
    """Return a reply that depends on how many came before."""
    numbers = count(1)
    return lambda text: reply(next(numbers))
