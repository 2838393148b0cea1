"""Pages: the title, contents in roman numbers, running heads, page labels and bookmarks.

The front matter is counted i, ii, iii and the body 1, 2, 3, on the paper as in the PDF's page
labels, so that printed and physical pages differ throughout, as they do in most books.
"""

# reportlab ships no type information.
# mypy: disable-error-code="import-untyped"
from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus.tableofcontents import TableOfContents

from examples.manual import styles
from examples.manual.blocks import Blocks, rule
from examples.manual.figures import cover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable

    from examples.manual.book import Book

_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
_TITLE = "docsense"
_SUBTITLE = "Questions and summaries with citations that are checked"
_ABOUT = (
    "This manual describes docsense 0.1. It is itself an example document: the chapters are "
    "Markdown files, and a script in the folder examples of the repository sets them as a PDF with "
    "printed page numbers, bookmarks, tables and figures.",
    "Words in <font face='Courier' size='9'>this type</font> are typed or printed as they stand. "
    "Words in CAPITALS within a command are to be replaced. The outputs shown are illustrations: "
    "page numbers and counts will differ on your documents.",
    "docsense is free software under the Apache License 2.0. Names of products and models belong "
    "to their owners.",
)


def build(book: Book, target: Path) -> int:
    """Write the book as a PDF; return how many pages it has."""
    document = _Manual(str(target), book)
    width = document.width
    story = [*_front(width), *Blocks(book, width=width).flowables()]
    document.multiBuild(story)
    return int(document.page)


def _front(width: float) -> Iterator[Flowable]:
    yield Spacer(0, 90)
    yield Paragraph(_TITLE, styles.TITLE)
    yield Spacer(0, 6)
    yield rule()
    yield Paragraph(_SUBTITLE, styles.SUBTITLE)
    yield Paragraph("User manual, version 0.1", styles.SUBTITLE)
    yield Spacer(0, 80)
    yield cover(width)
    yield NextPageTemplate("front")
    yield PageBreak()
    yield Spacer(0, 420)
    for text in _ABOUT:
        yield Paragraph(text, styles.IMPRINT)
    yield PageBreak()
    yield Paragraph("Contents", styles.CONTENTS)
    yield TableOfContents(levelStyles=[styles.CONTENTS_1, styles.CONTENTS_2], dotsMinLevel=1)
    yield NextPageTemplate("body")
    yield PageBreak()


class _Manual(BaseDocTemplate):  # type: ignore[misc]  # untyped base
    """A document that numbers its pages twice and files its headings as bookmarks."""

    def __init__(self, target: str, book: Book) -> None:
        super().__init__(
            target,
            pagesize=A4,
            leftMargin=styles.MARGIN_X,
            rightMargin=styles.MARGIN_X,
            topMargin=styles.MARGIN_TOP,
            bottomMargin=styles.MARGIN_BOTTOM,
            title="docsense user manual",
            author="The docsense authors",
            subject=_SUBTITLE,
            keywords="retrieval, summarization, citations, PDF, source code",
            creator=f"reportlab {reportlab.Version}, zlib {zlib.ZLIB_RUNTIME_VERSION}",
            lang="en-US",
            invariant=1,
            displayDocTitle=1,
        )
        frame = Frame(
            self.leftMargin, self.bottomMargin, self.width, self.height, 0, 0, 0, 0, id="text"
        )
        self.addPageTemplates(
            [
                PageTemplate("title", frame),
                PageTemplate("front", frame, onPageEnd=_front_footer),
                PageTemplate("body", frame, onPage=_first_of_body, onPageEnd=_running_head),
            ]
        )
        self.front_pages = 0
        self.chapter = self.running = ""

    def beforeDocument(self) -> None:  # noqa: N802  # the name is reportlab's
        self.front_pages, self.chapter, self.running = 0, "", ""
        self.canv.addPageLabel(0, "ROMAN_LOWER", 1)
        self.canv.showOutline()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # so is this
        heading = getattr(flowable, "heading", None)
        if heading is None:
            return
        top = self.frame._y + flowable.height
        if heading.level == 1:
            self.chapter = f"{heading.number}  {heading.title}"
            if top > self.pagesize[1] - self.topMargin - flowable.height:
                self.running = self.chapter  # it opens the page
        self.canv.bookmarkHorizontal(heading.key, 0, top + 6)
        title = f"{heading.number} {heading.title}"
        self.canv.addOutlineEntry(title, heading.key, heading.level - 1, closed=True)
        entry = (heading.level - 1, title, self.page - self.front_pages, heading.key)
        self.notify("TOCEntry", entry)


def _front_footer(canvas: Canvas, document: _Manual) -> None:
    _number(canvas, document, _ROMAN[document.page])


def _first_of_body(canvas: Canvas, document: _Manual) -> None:
    if not document.front_pages:
        document.front_pages = document.page - 1
        canvas.addPageLabel(document.front_pages, "ARABIC", 1)
    document.running = document.chapter


def _running_head(canvas: Canvas, document: _Manual) -> None:
    _number(canvas, document, str(document.page - document.front_pages))
    y = document.pagesize[1] - document.topMargin + 16
    right = document.pagesize[0] - document.rightMargin
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(styles.SOFT)
    canvas.drawString(document.leftMargin, y, "docsense user manual")
    canvas.drawRightString(right, y, document.running)
    canvas.setStrokeColor(styles.RULE)
    canvas.setLineWidth(0.5)
    canvas.line(document.leftMargin, y - 5, right, y - 5)
    canvas.restoreState()


def _number(canvas: Canvas, document: _Manual, number: str) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 9)
    canvas.setFillColor(styles.SOFT)
    canvas.drawCentredString(document.pagesize[0] / 2, document.bottomMargin - 24, number)
    canvas.restoreState()
