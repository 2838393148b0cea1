"""What stands in a document without saying anything: running heads, page numbers, legal forms."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docsense.types import Document

_EDGE_LINES = 3
_LEAST_PAGES = 3
_DIGITS = re.compile(r"\d+")
_FORMS = re.compile(
    r"forward[- ]looking statement|all rights reserved|alle rechte vorbehalten|"
    r"tous droits réservés|incorporated (?:herein )?by reference|indicate by check ?mark|"
    r"pursuant to (?:section|rule) \d|"
    r"hereunto duly authorized|\bcertif(?:y that|ication of)\b|"
    r"internal control over financial reporting is a process|"
    r"project gutenberg|this e-?(?:text|book)|transcriber'?s note|"
    r"\bha(?:ve|s) audited the|in conformity with .{0,40}accounting principles|"
    r"(?:holders|shares|stock|registrant|aggregate market value)\b.{0,80}non-?affiliates|"
    r"see accompanying notes|the accompanying notes are|integral part of (?:these|the)|"
    r"table of contents|inhaltsverzeichnis|table des matières|"
    r"permission is hereby granted|licensed under|without warrant|copyright \(c\)|©|"
    r"click here|accept cookies|subscribe to|^isbn\b|\bdoi:|^https?://\S+$|powered by|"
    r"is listed on the .{0,40}stock exchange|exhibit (?:no|number)\b"
)  # of case-folded text: four times as fast as ignoring case
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")


def masked(line: str) -> str:
    """Return a line as it looks on every page: digits as 0, white space single, case folded."""
    return " ".join(_DIGITS.sub("0", line).casefold().split())


def running_lines(document: Document) -> frozenset[str]:
    """Return the masked lines that head or foot several pages; empty for files without pages."""
    if document.unit != "page" or len(document.starts) < _LEAST_PAGES:
        return frozenset()
    seen: Counter[str] = Counter()
    ends = (*document.starts[1:], len(document.text))
    for start, end in zip(document.starts, ends, strict=True):
        lines = [line for line in document.text[start:end].splitlines() if line.strip()]
        seen.update({masked(line) for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])})
    least = max(_LEAST_PAGES, len(document.starts) // 10)
    return frozenset(line for line, pages in seen.items() if pages >= least and len(line) < 150)


def is_furniture(line: str, *, running: frozenset[str]) -> bool:
    """Tell whether a line belongs to the page: its number, a running head or foot."""
    return masked(line) in running or not any(map(str.isalpha, line))


def says_nothing(text: str, *, running: frozenset[str]) -> bool:
    """Tell whether a span is a legal form, a line of contents, or holds a running head."""
    if _FORMS.search(text.casefold()) or _LEADERS.search(text):
        return True
    return bool(running) and any(masked(line) in running for line in text.splitlines())
