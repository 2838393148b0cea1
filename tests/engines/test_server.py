from __future__ import annotations

import json
import logging
import signal
import threading
from itertools import count, islice

import httpx
import pytest

from docsense.engines.server import ServerEngine
from docsense.errors import (
    ConfigError,
    ContextOverflowError,
    EngineError,
    EngineUnavailableError,
    SourceError,
)
from tests.engines.contract import EngineContract
from tests.engines.samples import SCHEMA, WordCounter, ask

KEY = "sk-very-secret-0123456789"
BUSY = (503, {"error": {"message": "queue full", "type": "Service Unavailable"}}, {})


class TestServerEngine(EngineContract):
    pass


class TestServerEngineWithoutTokenization(EngineContract):
    @pytest.fixture
    def engine(self, engine_of, server):
        server.tokenizes = False
        return engine_of()


def text_of(engine, prompt=None):
    (completion,) = engine.complete([prompt or ask("Say something.")])
    return completion.text


class TestTheRequest:
    def test_asks_for_a_stream_that_ends_with_its_usage_and_repeats(self, engine, server):
        text_of(engine, ask("What?", max_tokens=5))

        assert server.requests == [
            {
                "messages": [{"role": "user", "content": "What?"}],
                "model": "tiny",
                "stream": True,
                "stream_options": {"include_usage": True},
                "temperature": 0,
                "seed": 0,
                "max_tokens": 5,
            }
        ]

    def test_carries_the_schema(self, engine, server):
        text_of(engine, ask("What?", schema=SCHEMA))

        assert server.requests[0]["response_format"] == {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        }

    def test_is_sent_piece_by_piece_when_it_is_long(self, engine, server):
        server.window = 10_000_000
        text_of(engine, ask(*["many words "] * 200_000, tokens=400_000))

        assert server.headers[0]["Transfer-Encoding"] == "chunked"
        assert server.requests[0]["messages"][0]["content"] == "many words " * 200_000

    def test_has_a_length_when_it_is_short(self, engine, server):
        text_of(engine)

        assert server.headers[0]["Content-Length"] == str(len(server.bodies[0]))

    def test_reads_its_pieces_again_for_another_try(self, engine, server):
        server.window = 10_000_000
        server.first_answers = [None, BUSY]
        text_of(engine, ask(*["many words "] * 200_000, tokens=400_000))

        assert len(server.bodies) == 2
        assert server.bodies[0] == server.bodies[1]

    def test_passes_on_what_goes_wrong_while_pieces_are_read(self, engine, server):
        class Broken:
            def __iter__(self):
                yield "x" * 2_000_000
                raise SourceError("library: gone")

        server.window = 10_000_000
        server.handle_error = lambda *_: None  # the fake server gets half a body
        with pytest.raises(SourceError, match="gone"):
            text_of(engine, ask(*[Broken()], tokens=10))


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_base_url_may_leave_out_its_version(server, path):
    engine = ServerEngine(server.url + path)

    assert text_of(engine) == "one two three"
    assert set(server.paths) == {"/v1/models", "/v1/chat/completions"}


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


class TestRefusals:
    def test_without_a_key_say_how_to_give_one(self, engine, server):
        server.api_key = KEY
        with pytest.raises(EngineError, match="Unauthorized") as caught:
            text_of(engine)

        assert "DOCSENSE_API_KEY" in caught.value.hint

    @pytest.mark.parametrize(
        ("status", "body", "told"),
        [
            (403, {"error": {"message": "no access"}}, "not allowed: no access"),
            (404, {"error": {"message": "gone", "param": "model"}}, "no model 'tiny'"),
            (404, {"detail": "Not Found"}, "no chat completions"),
            (413, b"<html>nginx</html>", "too large"),
            (400, {"error": {"message": "bad top_p", "param": "top_p"}}, "bad top_p"),
            (422, {"detail": "missing"}, "missing"),
            (500, b"<html>oops</html>", "status 500 without a reason"),
            (307, b"", "redirects"),
        ],
    )
    def test_give_the_servers_reason_and_are_not_retried(self, engine, server, status, body, told):
        server.first_answers = [None, (status, body, {})]

        with pytest.raises(EngineError, match=told):
            text_of(engine)
        assert len(server.requests) == 1

    def test_of_the_schema_are_met_without_it(self, engine, server):
        server.knows_schemas = False
        first, second = (engine.complete([ask("a", schema=SCHEMA)])[0] for _ in range(2))

        assert not first.structured
        assert not second.structured
        assert ["response_format" in request for request in server.requests] == [True, False, False]

    def test_of_one_schema_leave_others_alone(self, engine, server):
        server.knows_schemas = False
        text_of(engine, ask("a", schema=SCHEMA))
        server.knows_schemas = True
        (other,) = engine.complete([ask("a", schema={"type": "object"})])

        assert other.structured

    def test_that_are_no_stream_are_told(self, engine, server):
        server.first_answers = [None, (200, {"choices": []}, {})]

        with pytest.raises(EngineError, match="application/json"):
            text_of(engine)


class TestTryingAgain:
    @pytest.mark.parametrize(
        "answer", [BUSY, (429, {}, {}), (502, b"", {}), (504, b"", {}), "reset"]
    )
    def test_meets_a_server_that_is_busy_for_a_while(self, engine_of, server, answer):
        told = []
        server.first_answers = [None, answer, answer]

        assert text_of(engine_of(on_wait=told.append)) == "one two three"
        assert len(told) == 2
        assert "trying again in 0 s (1 of 5)" in told[0]

    def test_ends(self, engine_of, server):
        server.first_answers = [None, *[BUSY] * 3]

        with pytest.raises(EngineUnavailableError, match="server busy"):
            text_of(engine_of(retries=2))
        assert len(server.requests) == 3

    def test_covers_the_list_of_models(self, engine, server):
        server.first_answers = [BUSY, "reset"]

        assert engine.window == 200

    def test_waits_as_long_as_it_is_asked(self, engine_of, server):
        told = []
        server.first_answers = [None, (429, {}, {"Retry-After": "0"})]
        text_of(engine_of(backoff=60.0, on_wait=told.append))

        assert told == ["server busy (429), trying again in 0 s (1 of 5)"]

    def test_does_not_wait_for_an_hour(self, engine, server):
        server.first_answers = [None, (429, {}, {"Retry-After": "3600"})]

        with pytest.raises(EngineUnavailableError, match="3600 s"):
            text_of(engine)

    def test_does_not_wait_for_a_server_that_was_never_there(self, engine_of):
        told = []
        engine = ServerEngine("http://127.0.0.1:9", retries=1, backoff=0.001, on_wait=told.append)

        with pytest.raises(EngineUnavailableError, match="no model server answers"):
            text_of(engine)
        assert told == []

    def test_is_no_use_with_a_name_that_is_unknown(self):
        def unknown(request):
            import socket

            raise httpx.ConnectError("unknown") from socket.gaierror(socket.EAI_NONAME, "unknown")

        told = []
        engine = ServerEngine(
            "http://nowhere.invalid", transport=httpx.MockTransport(unknown), on_wait=told.append
        )
        with pytest.raises(EngineUnavailableError):
            text_of(engine)
        assert told == []


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


class TestQuiet:
    def test_is_borne_as_long_as_the_prefill_may_take(self):
        seen = []

        def answer(request):
            seen.append(request.extensions["timeout"]["read"])
            if request.url.path == "/v1/models":
                return httpx.Response(200, json={"data": [{"id": "m", "max_model_len": 10**7}]})
            raise httpx.ReadTimeout("quiet")

        engine = ServerEngine(
            "http://host",
            transport=httpx.MockTransport(answer),
            prefill_seconds=lambda tokens: tokens / 1000,
        )
        with pytest.raises(EngineUnavailableError, match="nothing came for 2820 s"):
            text_of(engine, ask("x", tokens=1_000_000, cached=100_000))

        assert seen[-1] == 120 + 3 * 900
        assert len(seen) == 2

    def test_comments_are_no_text(self, engine, server):
        server.hold = threading.Event()
        server.on_hold = lambda: threading.Timer(0.1, server.hold.set).start()

        assert text_of(engine) == "one two three"


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


def test_a_body_is_json_whatever_its_text(engine, server):
    text_of(engine, ask('"\\ \x00 \ud800 漢'))

    assert json.loads(server.bodies[0])["messages"][0]["content"] == '"\\ \x00 \ufffd 漢'
