"""PDFs as documents: pages of clean lines, printed labels, an outline, and what could not be read.

Reads with pdfium, and with pypdf where pdfium gets nothing. pdfium is not thread-safe: one process
may load one PDF at a time.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from docsense.errors import EmptySourceError, EncryptedSourceError, LimitExceededError, SourceError
from docsense.loaders.headings import to_sections
from docsense.loaders.pdf_fallback import read_pages_slowly
from docsense.loaders.pdf_file import open_pdf
from docsense.loaders.pdf_headings import detect_headings
from docsense.loaders.pdf_hidden import describe
from docsense.loaders.pdf_labels import choose_labels
from docsense.loaders.pdf_outline import place_bookmarks
from docsense.loaders.pdf_pages import PageText, compose
from docsense.loaders.pdf_title import choose_title
from docsense.types import Document

if TYPE_CHECKING:
    from pathlib import Path

    from docsense.loaders.pdf_file import Bookmark
    from docsense.types import Section

MAX_CHARACTERS = 200_000_000
_LEAST_BOOKMARKS = 3
"""Fewer tell nothing of a document's structure: often one that repeats its title."""


class PdfLoader:
    """Reads PDFs; ``starts`` of the document count its pages, ended by line breaks."""

    name = "pdf/2"
    suffixes = frozenset({".pdf"})

    def load(self, path: Path, *, uri: str, name: str, password: str | None = None) -> Document:
        """Read one PDF.

        Raises:
            EncryptedSourceError: It needs a password, or another one.
            EmptySourceError: It is empty, or none of its pages has text (a scan).
            LimitExceededError: More pages or characters than this loader takes.
            SourceError: It is no PDF, or neither pdfium nor pypdf can read it.
        """
        read = _read(path, name=name, password=password)
        pages = read.pages
        blank = tuple(i for i, page in enumerate(pages, start=1) if page.blank)
        if not any(page.text for page in pages):
            raise EmptySourceError(
                f"{name}: no extractable text",
                hint="run OCR on it first, for example with ocrmypdf",
            )
        starts = _starts(pages)
        text = "\n".join([page.text for page in pages])
        if len(text) > MAX_CHARACTERS:
            raise LimitExceededError(f"{name}: {len(text)} characters, more than {MAX_CHARACTERS}")
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Document(
            uri=uri,
            name=name,
            text=text,
            unit="page",
            starts=starts,
            labels=choose_labels(read.labels, pages),
            title=choose_title(read.title, pages, stem=path.stem),
            sha256=sha256,
            kind="pdf",
            outline=_outline(read, starts, end=len(text)),
            blank=blank,
            notes=_notes(pages),
        )


class _Read(NamedTuple):
    pages: list[PageText]
    labels: tuple[str, ...] = ()
    title: str = ""
    bookmarks: tuple[Bookmark, ...] = ()


def _read(path: Path, *, name: str, password: str | None) -> _Read:
    """Read with pdfium; where it refuses or finds no text, with pypdf; pdfium's verdict stands."""
    try:
        with open_pdf(path, name=name, password=password) as pdf:
            read = _Read(
                [compose(page) for page in pdf.pages()],
                pdf.labels(),
                pdf.title(),
                tuple(pdf.bookmarks()),
            )
    except (EmptySourceError, EncryptedSourceError, LimitExceededError):
        raise
    except SourceError as refusal:
        if not _looks_like_pdf(path):
            raise SourceError(f"{name}: not a PDF") from refusal
        return _Read(read_pages_slowly(path, name=name, password=password))
    if any(page.text for page in read.pages) or any(page.garbled for page in read.pages):
        return read
    try:
        slow = read_pages_slowly(path, name=name, password=password)
    except SourceError:
        return read
    found = len(slow) == len(read.pages) and any(page.text for page in slow)
    return read._replace(pages=slow) if found else read


def _looks_like_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return b"%PDF-" in file.read(1024)
    except OSError:
        return False


def _starts(pages: list[PageText]) -> tuple[int, ...]:
    starts, offset = [], 0
    for page in pages:
        starts.append(offset)
        offset += len(page.text) + 1
    return tuple(starts)


def _outline(read: _Read, starts: tuple[int, ...], *, end: int) -> tuple[Section, ...]:
    declared = place_bookmarks(read.bookmarks, read.pages, starts)
    if len(declared) >= _LEAST_BOOKMARKS:
        headings = declared
    else:
        detected = detect_headings(read.pages, starts)
        headings = detected if len(detected) > len(declared) else declared
    # Bookmarks may point back and forth; sections stand in document order.
    return to_sections(sorted(headings, key=lambda heading: heading.start), end=end)


def _notes(pages: list[PageText]) -> tuple[str, ...]:
    images = sum(page.blank and not page.garbled for page in pages)
    garbled = sum(page.garbled for page in pages)
    notes = []
    if images:
        notes.append(f"{images} of {len(pages)} pages are images without text")
    if garbled:
        notes.append(
            f"{garbled} of {len(pages)} pages have fonts that do not tell their characters"
        )
    return (*notes, *describe([page.hidden for page in pages]))
