"""The chapters as parsed Markdown, with every heading numbered before anything is laid out.

Numbers come first because a link such as ``[settings](#settings)`` prints the number of its target,
which may stand in a later chapter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter (level 1) or a section (level 2): "4.2", its title, and the key of its anchor."""

    level: int
    number: str
    title: str
    key: str


@dataclass(frozen=True, slots=True)
class Book:
    """The tokens of all chapters in order, and the headings by key, in order."""

    tokens: list[Token]
    headings: dict[str, Heading]


def read_book(folder: Path) -> Book:
    """Read the chapters of a folder in order of their file names."""
    parser = MarkdownIt("commonmark").enable("table")
    tokens: list[Token] = []
    for path in sorted(folder.glob("*.md")):
        tokens += parser.parse(path.read_text(encoding="utf-8"))
    return Book(tokens, _numbered(tokens))


def heading_key(title: str) -> str:
    """Return the anchor of a heading, as Markdown viewers make it: "The three tables"."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", title.lower()).strip())


def _numbered(tokens: list[Token]) -> dict[str, Heading]:
    headings: dict[str, Heading] = {}
    chapter = section = 0
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        level = int(opening.tag[1])
        if level == 1:
            chapter, section = chapter + 1, 0
        else:
            section += 1
        number = f"{chapter}" if level == 1 else f"{chapter}.{section}"
        key = heading_key(inline.content)
        if key in headings:
            raise ValueError(f"two headings {inline.content!r}")
        headings[key] = Heading(level, number, inline.content, key)
    return headings
