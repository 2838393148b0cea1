"""Prompts for a model that writes noise: what counts is their length."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from docsense.engines import Message, Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

# Each is one token after a space.
_WORDS = ("the", "revenue", "of", "a", "segment", "was", "million", "and", "report", "cash", "year")


def document(tokens: int, *, seed: int) -> str:
    """Return a text of about so many tokens that shares no beginning with those of other seeds."""
    draw = random.Random(seed)
    return f"Report {seed}." + "".join(f" {draw.choice(_WORDS)}" for _ in range(tokens))


def prompt(*contents: str, max_tokens: int = 8, tokens: int = 0, schema=None) -> Prompt:
    """Return a prompt of user turns, joined into one."""
    message = Message("user", contents)
    return Prompt(messages=(message,), max_tokens=max_tokens, tokens=tokens, schema=schema)


def eventually(holds: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    """Wait for what a server tells only to those who ask again: its metrics."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
