"""Text put together block by block, for formats whose text is not their file: HTML, notebooks.

Secrets are redacted block by block, before offsets are counted, so headings keep their places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense.loaders.decoding import secrets_note, storable
from docsense.loaders.headings import Heading, to_sections
from docsense.loaders.markdown import find_headings
from docsense.loaders.secrets import redact

if TYPE_CHECKING:
    from docsense.types import Section


class Blocks:
    """A growing text with its headings."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._parts: list[str] = []
        self._length = 0
        self._secrets: list[str] = []

    def add(self, text: str, *, breaks: int = 2, level: int = 0, markdown: bool = False) -> None:
        """Append a block, ``breaks`` line breaks after the one before.

        Args:
            level: Of the heading that the block is; 0 for other text.
            markdown: Whether the block's own headings count.
        """
        text, found = redact(storable(text).replace("\r\n", "\n").replace("\r", "\n"))
        self._secrets += found
        if self._parts:
            self._parts.append("\n" * breaks)
            self._length += breaks
        if level:
            self.headings.append(Heading(" ".join(text.split()), level, self._length))
        if markdown:
            self.headings += [
                heading._replace(start=self._length + heading.start)
                for heading in find_headings(text)
            ]
        self._parts.append(text)
        self._length += len(text)

    def text(self) -> str:
        """Return the blocks so far, ended by a line break; "" when there are none."""
        return "".join(self._parts) + "\n" if self._parts else ""

    def outline(self) -> tuple[Section, ...]:
        """Return the headings so far as sections up to the end of the text."""
        return to_sections(self.headings, end=self._length + bool(self._parts))

    def notes(self) -> tuple[str, ...]:
        """Return what was redacted."""
        return secrets_note(self._secrets)
