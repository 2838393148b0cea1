"""Prompts, an answer of a busy server, and a tokenizer whose tokens are words.

The fake server counts words as well.
"""

from __future__ import annotations

from docsense.engines import Message, Prompt
from docsense.tokens import Bounds

KEY = "sk-very-secret-0123456789"
BUSY = (503, {"error": {"message": "queue full", "type": "Service Unavailable"}}, {})
SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


def ask(*pieces, max_tokens=8, tokens=0, schema=None, cached=0):
    """Return a prompt of one user message; several pieces come one by one."""
    content = pieces[0] if len(pieces) == 1 else pieces
    return Prompt(
        messages=(Message("user", content),),
        max_tokens=max_tokens,
        tokens=tokens,
        schema=schema,
        cached=cached,
    )


def text_of(engine, prompt=None):
    """Return what an engine writes."""
    (completion,) = engine.complete([prompt or ask("Say something.")])
    return completion.text


class WordCounter:
    """Counts words; ``exact`` or not as asked, an estimate is ``factor`` times the count."""

    name = "words"

    def __init__(self, *, exact=True, factor=1.0):
        self.exact = exact
        self._factor = factor

    def count(self, text):
        return int(len(text.split()) * self._factor)

    def count_many(self, texts):
        return [self.count(text) for text in texts]

    def bounds(self, text):
        count = len(text.split())
        return Bounds(count, count) if self.exact else Bounds(count // 2, count * 2)
