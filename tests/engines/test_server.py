from __future__ import annotations

import logging
import signal
import threading
from itertools import count, islice

import pytest

from docsense.engines.server import ServerEngine
from docsense.errors import ConfigError, ContextOverflowError, EngineError, SourceError
from tests.engines.contract import EngineContract
from tests.engines.samples import BUSY, KEY, ask, text_of


class TestServerEngine(EngineContract):
    pass


class TestServerEngineWithoutTokenization(EngineContract):
    @pytest.fixture
    def engine(self, engine_of, server):
        server.tokenizes = False
        return engine_of()


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_base_url_may_leave_out_its_version(server, path):
    engine = ServerEngine(server.url + path)

    assert text_of(engine) == "one two three"
    assert set(server.paths) == {"/v1/models", "/v1/chat/completions"}


class TestCancelling:
    def test_a_closed_stream_hangs_up(self, engine, server):
        server.window = 10**9
        server.reply = lambda text: (f"word{n}" for n in count())
        stream = engine.stream(ask("Say something.", max_tokens=10**8))
        assert list(islice(stream, 3)) == ["word0", " word1", " word2"]
        stream.close()

        assert server.disconnected.wait(5)

    @pytest.mark.parametrize("holds_headers", [False, True])
    def test_a_failure_ends_the_others_in_their_prefill(self, engine, server, holds_headers):
        server.hold = threading.Event()
        server.holds_headers = holds_headers
        server.keep_alive = False
        held = threading.Event()
        server.on_hold = held.set
        server.holds = lambda text: "slow" in text

        def fails():
            assert held.wait(5)
            raise SourceError("library: gone")
            yield

        class Broken:
            def __iter__(self):
                return fails()

        with pytest.raises(SourceError):
            engine.complete([ask("slow"), ask(*[Broken()], tokens=1)])
        assert server.disconnected.wait(5)
        assert not server.hold.is_set()

    def test_a_failure_starts_no_other_prompt(self, engine_of, server):
        engine = engine_of(concurrency=1)
        with pytest.raises(ContextOverflowError):
            engine.complete([ask("word " * 1000), *[ask("a")] * 5])

        assert server.requests == []

    def test_a_failure_ends_the_waiting_of_others(self, engine_of, server):
        waiting = threading.Event()
        engine = engine_of(backoff=1000.0, on_wait=lambda _: waiting.set())
        assert engine.window

        class Broken:
            def __iter__(self):
                assert waiting.wait(5)
                raise SourceError("library: gone")

        server.first_answers = [BUSY]
        with pytest.raises(SourceError):
            engine.complete([ask("busy"), ask(*[Broken()], tokens=1)])

    def test_an_interrupt_hangs_up(self, engine, server):
        server.hold = threading.Event()
        main = threading.main_thread().ident
        server.on_hold = lambda: signal.pthread_kill(main, signal.SIGINT)
        server.keep_alive = False

        with pytest.raises(KeyboardInterrupt):
            list(engine.stream(ask("Say something.")))
        assert server.disconnected.wait(5)

    def test_an_interrupt_ends_many(self, engine, server):
        server.hold = threading.Event()
        main = threading.main_thread().ident
        started = threading.Barrier(2, action=lambda: signal.pthread_kill(main, signal.SIGINT))
        server.on_hold = started.wait

        with pytest.raises(KeyboardInterrupt):
            engine.complete([ask("a"), ask("b")])
        assert server.disconnected.wait(5)


class TestTheKey:
    def test_is_sent(self, engine_of, server):
        server.api_key = KEY

        assert text_of(engine_of(api_key=KEY)) == "one two three"

    def test_shows_nowhere(self, engine_of, server, caplog):
        caplog.set_level(logging.DEBUG)
        echo = {"error": {"message": f"wrong key {KEY}", "code": 403}}
        server.first_answers = [None, (403, echo, {}), (400, {"error": f"bad {KEY}"}, {})]
        engine = engine_of(api_key=KEY)
        errors = []
        for _ in range(2):
            with pytest.raises(EngineError) as caught:
                text_of(engine)
            errors.append(repr(caught.value) + str(caught.value.__dict__))
        shown = [repr(engine), repr(vars(engine)), repr(vars(engine._connection)), caplog.text]

        assert KEY not in "".join([*errors, *shown])
        assert "[API key]" in errors[0]

    @pytest.mark.parametrize("key", ["sk two", "sk\nx", "schlüssel"])
    def test_that_cannot_be_one_is_refused_unseen(self, key):
        with pytest.raises(ConfigError) as caught:
            ServerEngine("http://host", api_key=key)

        assert key not in str(caught.value)


class TestProxies:
    @pytest.fixture
    def proxy(self, monkeypatch, server):
        monkeypatch.setenv("http_proxy", server.url)
        monkeypatch.setenv("no_proxy", "")
        return server

    def test_are_not_used_on_this_machine(self, proxy, engine_of):
        assert text_of(engine_of()) == "one two three"
        assert proxy.paths[0] == "/v1/models"

    def test_are_used_elsewhere(self, proxy):
        engine = ServerEngine("http://gpu.example:8000", retries=0)

        with pytest.raises(EngineError, match="no chat completions"):
            text_of(engine)
        assert proxy.paths[0] == "http://gpu.example:8000/v1/models"


def test_many_prompts_run_at_once(engine_of, server):
    together = threading.Barrier(4)

    def reply(text):
        together.wait(5)  # breaks, and fails the test, unless four requests come together
        return text

    server.reply = reply
    engine = engine_of(concurrency=4)
    completions = engine.complete([ask(f"prompt {n}") for n in range(8)])

    assert [completion.text for completion in completions] == [f"prompt {n}" for n in range(8)]


def test_nothing_is_asked_before_it_is_needed(engine, server):
    repr(engine)
    engine.stream(ask("Say something."))

    assert server.paths == []
