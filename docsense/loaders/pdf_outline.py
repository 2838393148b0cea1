"""The outline of a PDF: its bookmarks put where their headings stand in the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docsense.loaders.headings import Heading
from docsense.loaders.pdf_text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docsense.loaders.pdf_file import Bookmark
    from docsense.loaders.pdf_pages import PageText

_LONGEST = 200
_SIGNIFICANT = re.compile(r"[^\W_]+")
_LEAST_KEY = 4


def place_bookmarks(
    bookmarks: Iterable[Bookmark], pages: Sequence[PageText], starts: Sequence[int]
) -> list[Heading]:
    """Return the bookmarks with text offsets: of the line that holds the title, or of the page."""
    keys: dict[int, list[str]] = {}
    found = []
    for mark in bookmarks:
        title = clean(mark.title)[:_LONGEST]
        if not title:
            continue
        page = pages[mark.page]
        if mark.page not in keys:
            keys[mark.page] = [_key(line.text) for line in page.lines]
        line = _find(_key(title), keys[mark.page])
        if line is None and mark.y is not None:
            line = next((i for i, x in enumerate(page.lines) if x.box.y0 <= mark.y), None)
        offset = page.lines[line].start if line is not None else 0
        found.append(Heading(title, mark.level, starts[mark.page] + offset))
    return found


def _key(text: str) -> str:
    return "".join(_SIGNIFICANT.findall(text.casefold()))


def _find(title: str, lines: Sequence[str]) -> int | None:
    """Return the index of the line that is the title, begins with it, or begins it."""
    if len(title) < 2:
        return None
    for holds in (
        lambda line: line == title,
        lambda line: len(title) >= _LEAST_KEY and line.startswith(title),
        lambda line: len(line) >= 2 * _LEAST_KEY and title.startswith(line),
        lambda line: len(line) >= 2 * _LEAST_KEY and title.endswith(line),
    ):
        for index, line in enumerate(lines):
            if holds(line):
                return index
    return None
