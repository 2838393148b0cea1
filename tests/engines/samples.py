"""Prompts, and a tokenizer whose tokens are words, as the fake server counts them."""

from __future__ import annotations

from docsense.engines import Message, Prompt
from docsense.tokens import Bounds

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
