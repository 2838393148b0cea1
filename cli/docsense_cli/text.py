"""Small texts for people: places, counts, and document text made safe for a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docsense.types import Citation, Usage

_KEPT = {"\n", "\t"}
_BREAKS = str.maketrans("\u2028\u2029\x85", "   ")
"""Line ends of Unicode: a terminal that knows them would break a line that we hold for one."""


def clean(text: str) -> str:
    """Drop control and format characters: a document must not steer the reader's terminal.

    These are the categories C* of Unicode: C0 and C1 controls, what reorders text or has no width,
    tags, surrogates, private and unassigned code points. Line feeds and tabs stay.
    """
    if text.isprintable():  # most text, told at once
        return text
    text = text.translate(_BREAKS)
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c)[0] != "C")


def one_line(text: str) -> str:
    """Return a quote on one line, its white space collapsed."""
    return " ".join(clean(text).split())


def place(citation: Citation) -> str:
    """Return "p. 57 (printed 55)" or ":120-138", as it follows a name."""
    if citation.unit == "line":
        span = f"{citation.first}"
        return f":{span}" if citation.last == citation.first else f":{span}-{citation.last}"
    pages = f"p. {citation.first}"
    if citation.last != citation.first:
        pages = f"pp. {citation.first}-{citation.last}"
    return f"{pages} (printed {one_line(citation.label)})" if citation.label else pages


def source(citation: Citation) -> str:
    """Return "report.pdf p. 57 (printed 55)" or "src/flask/app.py:120-138"."""
    gap = "" if citation.unit == "line" else " "
    return f"{one_line(citation.name)}{gap}{place(citation)}"


def counted(n: int, noun: str) -> str:
    """Return "1 document" or "1,234 documents"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def listed(names: Iterable[str], *, limit: int = 5) -> str:
    """Return the first names, and how many more there are."""
    every = [one_line(name) for name in names]
    rest = len(every) - limit
    return ", ".join(every[:limit]) + (f" and {rest:,} more" if rest > 0 else "")


def spent(usage: Usage) -> str:
    """Return what the requests to a model took, in tokens and seconds."""
    cached = ""
    if usage.cached_tokens is not None and usage.prompt_tokens:
        cached = f" ({usage.cached_tokens / usage.prompt_tokens:.0%} cached)"
    return (
        f"{counted(usage.requests, 'prompt')}, {usage.prompt_tokens:,} tokens read{cached}, "
        f"{usage.completion_tokens:,} written, first after {usage.first_token:.1f} s, "
        f"{usage.seconds:.1f} s in all"
    )
