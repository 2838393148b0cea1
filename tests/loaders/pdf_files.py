"""Small PDFs for the tests, drawn with reportlab and changed with pypdf."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from docsense.loaders.pdf import PdfLoader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pypdf

    from docsense.types import Document

SIZE = (612, 792)


class Text(NamedTuple):
    """A string drawn at a place, in points from the bottom left."""

    x: float
    y: float
    text: str
    font: str = "Helvetica"
    size: float = 11


Page = list[Text]


def prose(text: str, *, x: float = 72, top: float = 720, leading: float = 14) -> Page:
    """Return one Text for every line of ``text``."""
    return [Text(x, top - i * leading, line) for i, line in enumerate(text.splitlines())]


def draw(pages: Iterable[Page], **info: str) -> bytes:
    """Return a PDF of these pages; ``info`` may hold title and author."""
    return paint([lambda canvas, page=page: _write(canvas, page) for page in pages], **info)


def paint(pages: Iterable[Callable[[Canvas], None]], **info: str) -> bytes:
    """Return a PDF whose pages are drawn by functions of a canvas."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=SIZE, invariant=1)
    canvas.setTitle(info.get("title", ""))
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _write(canvas: Canvas, page: Page) -> None:
    for item in page:
        canvas.setFont(item.font, item.size)
        canvas.drawString(item.x, item.y, item.text)


def scan(canvas: Canvas) -> None:
    """Draw an image over the page, as a scanner does."""
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (8, 8), 128)), 0, 0, *SIZE)


def change(data: bytes, act: Callable[[pypdf.PdfWriter], object]) -> bytes:
    """Return the PDF after ``act`` was done to it with pypdf."""
    import pypdf

    writer = pypdf.PdfWriter(clone_from=BytesIO(data))
    act(writer)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def load(data: bytes, folder: Path, *, password: str | None = None) -> Document:
    """Load a PDF from its bytes, as the file report.pdf."""
    path = folder / "report.pdf"
    path.write_bytes(data)
    return PdfLoader().load(path, uri=path.as_posix(), name="report.pdf", password=password)


def page_texts(document: Document) -> list[str]:
    """Return the text of each page, without the line break that ends it."""
    ends = [*(start - 1 for start in document.starts[1:]), len(document.text)]
    return [document.text[a:b] for a, b in zip(document.starts, ends, strict=True)]
