"""An engine that answers from a script: for tests and examples, without a model or a delay."""

from __future__ import annotations

import re
from bisect import bisect_left
from threading import Lock
from typing import TYPE_CHECKING

from docsense.engines import Completion
from docsense.errors import ContextOverflowError
from docsense.tokens import EstimateTokenCounter
from docsense.types import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docsense.engines import Prompt
    from docsense.tokens import TokenCounter

_BLOCK = 16
"""Tokens: prefixes are cached in whole blocks, as vLLM does."""

_PIECE = re.compile(r"\s*\S+|\s+")


class ScriptedEngine:
    """Replies in order, or with what a function makes of a prompt; does all else as a server does.

    It refuses what does not fit its window, stops at ``max_tokens``, and counts the part of a
    prompt that earlier prompts began with as cached.

    Attributes:
        prompts: The text of each prompt it was given, in order, contents separated by a blank line.
        requests: The same prompts as they came.

    Args:
        structured: Whether it claims to hold completions to a prompt's schema; its replies are the
            script's either way.
    """

    name = "scripted"

    def __init__(
        self,
        replies: Sequence[str] | Callable[[Prompt], str],
        *,
        window: int = 131_072,
        counter: TokenCounter | None = None,
        structured: bool = True,
    ) -> None:
        self.window = window
        self.counter = counter or EstimateTokenCounter()
        self.prompts: list[str] = []
        self.requests: list[Prompt] = []
        self._replies = replies
        self._structured = structured
        self._lock = Lock()

    def stream(self, prompt: Prompt) -> Iterator[str | Completion]:
        """Yield the reply word by word, then the Completion.

        Raises:
            ContextOverflowError: Prompt and ``max_tokens`` exceed the window.
            ValueError: The script has no more replies.
        """
        if prompt.max_tokens < 1:
            raise ValueError(f"max_tokens is {prompt.max_tokens}, at least 1 is needed")
        text = "\n\n".join("".join(message.pieces()) for message in prompt.messages)
        tokens = self.counter.count(text)
        needed = tokens + prompt.max_tokens
        if needed > self.window:
            raise ContextOverflowError(
                f"{self.name}: prompt and answer need {needed:,} tokens, "
                f"the window has {self.window:,}",
                needed=needed,
                window=self.window,
            )
        with self._lock:
            cached = min(self._cached(text), (tokens - 1) // _BLOCK * _BLOCK)
            reply = self._reply(prompt)
            self.prompts.append(text)
            self.requests.append(prompt)
        written: list[str] = []
        left = prompt.max_tokens
        pieces = _PIECE.findall(reply)
        for piece in pieces:
            left -= self.counter.count(piece)
            if left < 0:
                break
            written.append(piece)
            yield piece
        usage = Usage(
            prompt_tokens=tokens,
            completion_tokens=self.counter.count("".join(written)),
            cached_tokens=cached,
            server_seconds=0.0,
        )
        yield Completion(
            text="".join(written),
            usage=usage,
            finish="stop" if len(written) == len(pieces) else "length",
            structured=self._structured and prompt.schema is not None,
        )

    def complete(self, prompts: Sequence[Prompt]) -> list[Completion]:
        """Return one completion per prompt, in order.

        Raises:
            ContextOverflowError: As ``stream``.
        """
        return [item for p in prompts for item in self.stream(p) if isinstance(item, Completion)]

    def _reply(self, prompt: Prompt) -> str:
        if callable(self._replies):
            return self._replies(prompt)
        if len(self.prompts) >= len(self._replies):
            raise ValueError(f"the script has {len(self._replies)} replies, and all were given")
        return self._replies[len(self.prompts)]

    def _cached(self, text: str) -> int:
        """Return the tokens of the longest beginning shared with an earlier prompt, in blocks."""
        shared = max((_shared(text, earlier) for earlier in self.prompts), default=0)
        return self.counter.count(text[:shared]) // _BLOCK * _BLOCK


def _shared(a: str, b: str) -> int:
    """Return the characters that two texts begin with in common, by bisection."""
    return bisect_left(range(1, min(len(a), len(b)) + 1), True, key=lambda n: a[:n] != b[:n])
