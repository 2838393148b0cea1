"""Tables of HTML: a row on a line, its cells divided by bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense.loaders.visible import is_hidden, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_STRUCTURE = frozenset(
    {"table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "article", "section", "main"}
)
_LONGEST_CELL = 2000
_SIGNS = frozenset({"$", "€", "£", "¥", "US$", "(", "$("})
_ENDINGS = frozenset({"%", ")", ")%", "%)"})


def is_table_of_data(table: HtmlElement) -> bool:
    """Tell a table of data from one that only places parts of a page."""
    if table.get("role") in ("presentation", "none"):
        return False
    for element in table.iterdescendants():
        if element.tag in _STRUCTURE:
            return False
        if element.tag in ("td", "th") and len(element.text_content()) > _LONGEST_CELL:
            return False
    return True


def rows(table: HtmlElement) -> Iterator[str]:
    """Yield the lines of a table of data, its caption first; empty rows are left out."""
    for element in table.iter("caption", "tr"):
        if is_hidden(element):
            continue
        if element.tag == "caption":
            line = " ".join(visible_text(element).split())
        else:
            line = " | ".join(_cells(element))
        if line:
            yield line


def _cells(row: HtmlElement) -> list[str]:
    """Return the texts of a row, with signs that filings keep in cells of their own rejoined."""
    cells: list[str] = []
    sign = ""
    for cell in row:
        if cell.tag not in ("td", "th") or is_hidden(cell):
            continue
        text = " ".join(visible_text(cell).split())
        if text in _SIGNS:
            sign += text
        elif text in _ENDINGS and cells:
            cells[-1] += text
        elif text:
            cells.append(sign + text)
            sign = ""
    return cells
