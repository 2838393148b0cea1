"""Quotes and where they stand: making, locating and re-checking citations, without a model.

A citation is never shown unless its check holds. "exact" means the quote equals the text at its
offsets; "normalized" forgives white space, ligatures, typographic quotes, dashes and hyphenation
at a line's end, which is what PDF text and language models change without changing the words.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from docsense.types import Citation

if TYPE_CHECKING:
    from docsense.types import Check, Document

_SAME = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "`": "'",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "…": "...", "\u00ad": "", "\u200b": "",
    }
)  # fmt: skip


class Located(NamedTuple):
    """A quote found: ``text[start:end]``, and how."""

    start: int
    end: int
    check: Check


def cite(document: Document, *, start: int, end: int, quote: str, number: int) -> Citation:
    """Make the citation of ``text[start:end] == quote``; the document may come without its text."""
    first, last, label = document.place(start, end)
    return Citation(
        number=number,
        uri=document.uri,
        name=document.name,
        start=start,
        end=end,
        first=first,
        last=last,
        label=label,
        unit=document.unit,
        quote=quote,
        check="exact",
        sha256=document.sha256,
    )


def check(citation: Citation, text: str) -> Check:
    """Re-check a citation against the whole text of its document."""
    if text[citation.start : citation.end] == citation.quote and citation.quote:
        return "exact"
    there = normalize(text[citation.start : citation.end])
    return "normalized" if there and there == normalize(citation.quote) else "missing"


def locate(quote: str, text: str, *, near: int = 0) -> Located | None:
    """Find a quote in a text, exactly and else normalized; of several, the one nearest ``near``."""
    quote = quote.strip()
    if not quote:
        return None
    start = _nearest(quote, text, near)
    if start >= 0:
        return Located(start, start + len(quote), "exact")
    wanted = normalize(quote)
    if not wanted:
        return None
    plain, offsets = _normalized(text)
    at = _nearest(wanted, plain, near)
    if at < 0:
        return None
    return Located(offsets[at], offsets[at + len(wanted) - 1] + 1, "normalized")


def normalize(text: str) -> str:
    """Return the text with white space, typography and line-end hyphenation made plain."""
    return _normalized(text)[0]


def _nearest(needle: str, haystack: str, near: int) -> int:
    before = haystack.rfind(needle, 0, near + len(needle))
    after = haystack.find(needle, near)
    if before < 0 or after < 0:
        return max(before, after)
    return before if near - before <= after - near else after


def _normalized(text: str) -> tuple[str, list[int]]:
    """Return the normalized text and, for each of its characters, the offset it came from."""
    out: list[str] = []
    offsets: list[int] = []
    i = 0
    while i < len(text):
        char = text[i]
        if char.isspace():
            if out and out[-1] != " ":
                out.append(" ")
                offsets.append(i)
        elif char in "-\u00ad\ufffe" and _ends_line(text, i) and out and out[-1].isalpha():
            i = _next_word(text, i) - 1  # "infor-\nmation": the hyphen belongs to the line
        else:
            for plain in unicodedata.normalize("NFKC", char.translate(_SAME)):
                out.append(plain)
                offsets.append(i)
        i += 1
    if out and out[-1] == " ":
        out.pop()
        offsets.pop()
    return "".join(out), offsets


def _ends_line(text: str, i: int) -> bool:
    following = text[i + 1 : i + 3].lstrip(" \r")
    return following.startswith("\n") and _next_word(text, i) < len(text)


def _next_word(text: str, i: int) -> int:
    i += 1
    while i < len(text) and text[i].isspace():
        i += 1
    return i
