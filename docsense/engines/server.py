"""Any OpenAI-compatible model server, over HTTP; what vLLM does beyond the standard is used.

A prompt is sent while it is read and never held. Nothing is retried once text has arrived.
"""

from __future__ import annotations

import json
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from docsense.engines.address import parse_address
from docsense.engines.body import JsonBody
from docsense.engines.connection import Cancellation, Connection, lost
from docsense.engines.counting import count_tokens
from docsense.engines.http_errors import (
    BUSY,
    Refusal,
    is_overflow,
    is_schema_refusal,
    read_refusal,
    refused,
    retry_after,
)
from docsense.engines.reply import RefusedMidStreamError, Reply
from docsense.engines.retrying import Patience, TransientError
from docsense.engines.served import Server
from docsense.engines.sse import read_events
from docsense.engines.window_check import check_window, overflow_of
from docsense.errors import EngineError, EngineUnavailableError
from docsense.tokens import default_counter
from docsense.tracing import mark, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import httpx

    from docsense.engines import Completion, Prompt
    from docsense.tokens import TokenCounter
    from docsense.tracing import Span

_LEAST_QUIET = 120.0
_QUIET = 3.0
"""A server may keep quiet for two minutes, and three times the predicted prefill."""

_EVENTS = 1024**2
_EVENT = 4096
"""Bytes that a stream may have, and more for each token: an event of one token has some 300."""


def slow_prefill(tokens: int) -> float:
    """Return the seconds that a prompt takes on a modest machine: 500 tokens a second."""
    return tokens / 500


def _silent(_: str) -> None:
    pass


class ServerEngine:
    """Completes prompts on a model server; the contract is that of ``docsense.engines.Engine``.

    Safe to use from several threads. Nothing is asked of the server before it is needed.

    Args:
        base_url: With or without "/v1".
        model: "" takes the first model that the server lists.
        window: Tokens, for servers that do not say.
        concurrency: Requests of one ``complete`` that run at once.
        retries: Tries after the first one, while the server is busy or away.
        backoff: Seconds of the first wait between tries; each wait is twice the one before.
        on_wait: Told before each wait, from the thread that waits.
        counter: By default that of Llama 4.
        prefill_seconds: Predicts how long a prompt of so many uncached tokens takes to read.
        transport: Replaces the network, in tests.
        connect_timeout: Seconds.

    Raises:
        ConfigError: ``base_url`` is no http(s) URL, or the key cannot be one.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str = "",
        api_key: str = "",
        window: int = 0,
        concurrency: int = 8,
        retries: int = 5,
        backoff: float = 1.0,
        on_wait: Callable[[str], None] = _silent,
        counter: TokenCounter | None = None,
        prefill_seconds: Callable[[int], float] | None = None,
        transport: httpx.BaseTransport | None = None,
        connect_timeout: float = 5.0,
    ) -> None:
        self._address = parse_address(base_url)
        self._connection = Connection(
            self._address, api_key=api_key, transport=transport, connect_timeout=connect_timeout
        )
        self._patience = Patience(
            where=self._address.where, retries=retries, backoff=backoff, on_wait=on_wait
        )
        self._server = Server(
            self._connection, self._address, self._patience, model=model, window=window
        )
        self._concurrency = concurrency
        self._counter = counter or default_counter()
        self._prefill_seconds = prefill_seconds or slow_prefill
        self._unstructured: set[str] = set()

    def __repr__(self) -> str:
        return f"ServerEngine({self._address.api!r})"

    def close(self) -> None:
        """Give up what is held; the engine is of no use afterwards."""
        self._connection.close()

    @property
    def root(self) -> str:
        """Return where the server's routes besides the OpenAI ones are: "http://gpu-1:8000"."""
        return self._address.root

    @property
    def name(self) -> str:
        """Return the model and the host that serves it: "llama @ gpu-1:8000"."""
        return f"{self._server.model.id} @ {self._address.where}"

    @property
    def window(self) -> int:
        """Return the tokens that prompt and completion may have together, as served."""
        return self._server.model.window

    @property
    def window_known(self) -> bool:
        """Tell whether the window was said by somebody; else it is 32,768, a careful guess."""
        return self._server.model.known

    @property
    def counter(self) -> TokenCounter:
        return self._counter

    def count(self, prompt: Prompt) -> int:
        """Return the tokens of a prompt: of its chat template too where the server counts."""
        told = self._server.count(prompt, cancellation=Cancellation())
        return count_tokens(prompt, self._counter) if told is None else told

    def stream(self, prompt: Prompt) -> Iterator[str | Completion]:
        """Yield the text as it is written, then one Completion; closing early aborts the request.

        Raises:
            ContextOverflowError: The prompt and ``max_tokens`` exceed the window; nothing was sent
                where that was known before.
            EngineUnavailableError: Nothing answers, or it went away.
            EngineError: The server refuses.
        """
        cancellation = Cancellation()
        try:
            yield from self._stream(prompt, cancellation)
        except BaseException:
            # An interrupt may come where no response is there yet that could be closed.
            cancellation.cancel()
            raise

    def complete(self, prompts: Sequence[Prompt]) -> list[Completion]:
        """Return one completion per prompt, in order; the first failure aborts the others.

        Raises:
            EngineError: As ``stream``.
        """
        if not prompts:
            return []
        cancellation = Cancellation()
        failures: list[BaseException] = []  # the first one is the cause of the others

        def finish(prompt: Prompt) -> Completion | None:
            if failures:
                return None
            try:
                *_, last = self._stream(prompt, cancellation)
            except BaseException as error:
                failures.append(error)
                cancellation.cancel()
                return None
            assert not isinstance(last, str)
            return last

        with ThreadPoolExecutor(min(self._concurrency, len(prompts))) as pool:
            try:
                completions = list(pool.map(finish, prompts))
            except BaseException as error:  # an interrupt of this thread
                failures.append(error)
                cancellation.cancel()
                raise
        if failures:
            raise failures[0]
        return [completion for completion in completions if completion is not None]

    def _stream(self, prompt: Prompt, cancellation: Cancellation) -> Iterator[str | Completion]:
        with span("request", prompt_tokens=prompt.tokens) as request:
            yield from self._sent(prompt, cancellation, request)

    def _sent(
        self, prompt: Prompt, cancellation: Cancellation, request: Span
    ) -> Iterator[str | Completion]:
        if prompt.max_tokens < 1:
            raise ValueError(f"max_tokens is {prompt.max_tokens}, at least 1 is needed")
        check_window(prompt, server=self._server, counter=self._counter, cancellation=cancellation)
        opened = self._opened(prompt, cancellation)
        mark("first token")
        with opened.resources:
            yield from opened.first
            try:
                yield from opened.rest
            except RefusedMidStreamError as error:
                raise self._broken(opened.reply, error.refusal) from error
        where, reply = self._address.where, opened.reply
        if not reply.done:
            raise lost(where, reply.characters)
        if reply.finish in ("abort", "error"):
            raise self._broken(reply, Refusal(500, "the server gave up the request"))
        if reply.finish == "content_filter":
            raise EngineError(f"{where}: the server's content filter stopped the answer")
        completion = self._with_counts(
            prompt, reply.completion(prompt, structured=opened.structured)
        )
        request.add(
            prompt_tokens=completion.usage.prompt_tokens,
            cached_tokens=completion.usage.cached_tokens or 0,
            completion_tokens=completion.usage.completion_tokens,
        )
        yield completion

    def _opened(self, prompt: Prompt, cancellation: Cancellation) -> _Opened:
        """Send a prompt and wait for its first text, with patience."""
        schema = json.dumps(prompt.schema, sort_keys=True) if prompt.schema else ""
        structured = bool(schema) and schema not in self._unstructured
        event = cancellation.event
        try:
            attempt = partial(self._open, prompt, cancellation, structured=structured)
            return self._patience.call(attempt, cancelled=event)
        except _SchemaRefusedError:
            self._unstructured.add(schema)
            attempt = partial(self._open, prompt, cancellation, structured=False)
            return self._patience.call(attempt, cancelled=event)

    def _open(self, prompt: Prompt, cancellation: Cancellation, *, structured: bool) -> _Opened:
        if cancellation.event.is_set():
            raise EngineUnavailableError(f"{self._address.where}: cancelled")
        body = JsonBody(prompt.messages, self._fields(prompt, structured=structured))
        seconds = self._quiet_seconds(prompt)
        reply = Reply()
        with ExitStack() as stack:
            response = stack.enter_context(
                self._connection.post(
                    f"{self._address.api}/chat/completions",
                    body,
                    seconds=seconds,
                    cancellation=cancellation,
                )
            )
            chunks = self._connection.chunks(
                response,
                seconds=seconds,
                received=lambda: reply.characters,
                most=_EVENTS + prompt.max_tokens * _EVENT,
            )
            if response.status_code != 200:
                refusal = read_refusal(response.status_code, b"".join(chunks))
                after = retry_after(response.headers.get("Retry-After"))
                raise self._refused(
                    prompt, refusal, cancellation, structured=structured, after=after
                )
            self._require_stream(response)
            rest = reply.read(read_events(chunks))
            try:
                first = list(islice(rest, 1))
            except RefusedMidStreamError as error:
                raise self._refused(
                    prompt, error.refusal, cancellation, structured=structured
                ) from error
            if not first and not reply.done:
                raise TransientError("connection lost")
            return _Opened(reply, first, rest, structured, stack.pop_all())

    def _fields(self, prompt: Prompt, *, structured: bool) -> dict[str, object]:
        fields: dict[str, object] = {
            "model": self._server.model.id,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "seed": 0,
            "max_tokens": prompt.max_tokens,
        }
        if structured:
            schema = {"name": "answer", "strict": True, "schema": prompt.schema}
            fields["response_format"] = {"type": "json_schema", "json_schema": schema}
        return fields

    def _quiet_seconds(self, prompt: Prompt) -> float:
        uncached = max(0, prompt.tokens - prompt.cached)
        return _LEAST_QUIET + _QUIET * self._prefill_seconds(uncached)

    def _require_stream(self, response: httpx.Response) -> None:
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith("text/event-stream"):
            raise EngineError(
                f"{self._address.where}: answers with {kind or 'nothing'}, not a stream of events",
                hint="correct DOCSENSE_BASE_URL: it has to name an OpenAI-compatible server",
            )

    def _refused(
        self,
        prompt: Prompt,
        refusal: Refusal,
        cancellation: Cancellation,
        *,
        structured: bool,
        after: float | None = None,
    ) -> Exception:
        """Return what a refusal before the first text means."""
        refusal = self._redacted(refusal)
        if refusal.status in BUSY:
            return TransientError(f"server busy ({refusal.status})", after=after)
        if is_overflow(refusal):
            return overflow_of(refusal, prompt, server=self._server, cancellation=cancellation)
        if structured and is_schema_refusal(refusal):
            return _SchemaRefusedError(refusal.message)
        return refused(refusal, where=self._address.where, model=self._server.model.id)

    def _broken(self, reply: Reply, refusal: Refusal) -> EngineError:
        reason = self._redacted(refusal).message or f"status {refusal.status}"
        kind = EngineUnavailableError if refusal.status >= 500 else EngineError
        return kind(f"{self._address.where}: {reason}, after {reply.characters:,} characters")

    def _redacted(self, refusal: Refusal) -> Refusal:
        return refusal._replace(message=self._connection.redact(refusal.message))

    def _with_counts(self, prompt: Prompt, completion: Completion) -> Completion:
        """Count what the server did not, and warn of a prompt that it cut."""
        usage = completion.usage
        if not usage.prompt_tokens:
            tokens = prompt.tokens or count_tokens(prompt, self._counter)
            usage = replace(usage, prompt_tokens=tokens)
        elif usage.prompt_tokens < prompt.tokens // 2:
            # Ollama cuts a prompt to its window without a word.
            warnings.warn(
                f"{self._address.where} read {usage.prompt_tokens:,} tokens of a prompt of about "
                f"{prompt.tokens:,}: its window may be shorter than DOCSENSE_WINDOW says",
                stacklevel=2,
            )
        if not usage.completion_tokens and completion.text:
            usage = replace(usage, completion_tokens=self._counter.count(completion.text))
        return replace(completion, usage=usage)


class _SchemaRefusedError(Exception):
    """The server cannot hold an answer to this schema."""


class _Opened(NamedTuple):
    """A request whose first text has come."""

    reply: Reply
    first: list[str]
    rest: Iterator[str]
    structured: bool
    resources: ExitStack
