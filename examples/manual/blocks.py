"""Markdown tokens as flowables: headings, paragraphs, lists, code, tables, figures, the glossary.

Three conventions go beyond Markdown. A paragraph "Table: caption [20 80]" names the table after it
and the widths of its columns in percent; a fence "figure" holds "name: caption"; a fence "glossary"
holds "term: meaning", one a line, and is set in two columns.
"""

# reportlab ships no type information.
# mypy: disable-error-code="import-untyped"
from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from reportlab.platypus import (
    CondPageBreak,
    KeepTogether,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
    XPreformatted,
)
from reportlab.platypus.flowables import BalancedColumns, HRFlowable

from examples.manual import styles
from examples.manual.book import heading_key
from examples.manual.figures import FIGURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token
    from reportlab.platypus import Flowable

    from examples.manual.book import Book

_CAPTION = re.compile(r"Table: (?P<text>.+) \[(?P<widths>[\d ]+)\]")
_LEAST_FOR_CHAPTER = 150
_LEAST_FOR_SECTION = 80
_LEAST_FOR_TABLE = 140
_WHOLE_ROWS = 12
"""A longer table may go on on the next page."""
_LONGEST_CODE = 86
"""Characters of a line of code that fit into the width of the text."""


class Blocks:
    """Turns a book into flowables of one text width; counts tables and figures as it goes."""

    def __init__(self, book: Book, *, width: float) -> None:
        self._book = book
        self._width = width
        self._tables = 0
        self._figures = 0
        self._caption: re.Match[str] | None = None
        self._makers = {
            "heading_open": self._heading,
            "paragraph_open": self._paragraph,
            "bullet_list_open": self._list,
            "ordered_list_open": self._list,
            "blockquote_open": self._note,
            "fence": self._fence,
            "table_open": self._table,
        }

    def flowables(self) -> Iterator[Flowable]:
        """Yield the body of the book."""
        tokens = self._book.tokens
        i = 0
        while i < len(tokens):
            end = _closing(tokens, i)
            made = list(self._makers[tokens[i].type](tokens[i : end + 1]))
            i = end + 1
            if made and isinstance(made[-1], Table) and _is_source(tokens[i + 1 : i + 2]):
                made[-1].keepWithNext = True
                made[-1].spaceAfter = 4
            yield from made

    def _heading(self, tokens: list[Token]) -> Iterator[Flowable]:
        heading = self._book.headings[heading_key(tokens[1].content)]
        chapter = heading.level == 1
        yield CondPageBreak(_LEAST_FOR_CHAPTER if chapter else _LEAST_FOR_SECTION)
        style = styles.CHAPTER if chapter else styles.SECTION
        paragraph = Paragraph(f"{heading.number}&nbsp;&nbsp;{escape(heading.title)}", style)
        paragraph.heading = heading
        yield paragraph

    def _paragraph(self, tokens: list[Token]) -> Iterator[Flowable]:
        self._caption = _CAPTION.fullmatch(tokens[1].content)
        if self._caption is None:
            style = styles.SOURCE if _is_source(tokens[1:2]) else styles.BODY
            paragraph = Paragraph(self._markup(tokens[1]), style)
            paragraph.keepWithNext = tokens[1].content.endswith(":")
            yield paragraph

    def _list(self, tokens: list[Token]) -> Iterator[Flowable]:
        ordered = tokens[0].type == "ordered_list_open"
        items = [token for token in tokens if token.type == "inline"]
        for number, item in enumerate(items, 1):
            bullet = f"{number}." if ordered else "\u2022"
            yield Paragraph(self._markup(item), styles.BULLET, bulletText=bullet)
        yield Spacer(0, 4)

    def _note(self, tokens: list[Token]) -> Iterator[Flowable]:
        for token in tokens:
            if token.type == "inline":
                yield Paragraph(self._markup(token), styles.NOTE)

    def _fence(self, tokens: list[Token]) -> Iterator[Flowable]:
        kind, content = tokens[0].info, tokens[0].content.rstrip("\n")
        if kind == "figure":
            yield self._figure(*content.split(": ", 1))
        elif kind == "glossary":
            entries = [line.split(": ", 1) for line in content.splitlines()]
            terms = [Paragraph(f"<b>{escape(t)}</b>&nbsp; {escape(m)}", styles.TERM)
                     for t, m in entries]  # fmt: skip
            yield BalancedColumns(terms, nCols=2, needed=120, innerPadding=18)
        else:
            if max(map(len, content.splitlines())) > _LONGEST_CODE:
                raise ValueError(f"a line of code is too long: {content}")
            yield XPreformatted(escape(content), styles.CODE)

    def _figure(self, name: str, caption: str) -> Flowable:
        self._figures += 1
        label = Paragraph(f"Figure {self._figures}. {escape(caption)}", styles.CENTERED)
        return KeepTogether([Spacer(0, 6), FIGURES[name](self._width), label, Spacer(0, 6)])

    def _table(self, tokens: list[Token]) -> Iterator[Flowable]:
        if self._caption is None:
            raise ValueError("a table needs a caption before it")
        self._tables += 1
        text = escape(self._caption["text"])
        caption = Paragraph(f"Table {self._tables}. {text}", styles.CAPTION)
        shares = [int(share) for share in self._caption["widths"].split()]
        rows = self._rows(tokens)
        widths = [self._width * share / sum(shares) for share in shares]
        table = Table(rows, colWidths=widths, repeatRows=1, style=_TABLE, hAlign="LEFT")
        table.spaceAfter = 10
        if len(rows) > _WHOLE_ROWS:
            caption.keepWithNext = False
            yield CondPageBreak(_LEAST_FOR_TABLE)
        yield from (caption, table)

    def _rows(self, tokens: list[Token]) -> list[list[Paragraph]]:
        rows: list[list[Paragraph]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                style = styles.HEAD if len(rows) == 1 else styles.CELL
                rows[-1].append(Paragraph(self._markup(token), style))
        return rows

    def _markup(self, inline: Token) -> str:
        """Return inline Markdown as reportlab's markup."""
        spans: list[str] = []
        target = ""
        for token in inline.children or ():
            if token.type == "link_open":
                target = str(token.attrs["href"]).removeprefix("#")
            spans.append(_span(token))
            if token.type == "link_close":
                heading = self._book.headings[target]
                word = "chapter" if heading.level == 1 else "section"
                spans.append(f" ({word}&nbsp;{heading.number})")
        return "".join(spans)


def _span(token: Token) -> str:
    if token.type == "code_inline":
        code = escape(token.content).replace(" ", "&nbsp;" if len(token.content) < 24 else " ")
        return f'<font face="Courier" size="-1">{code}</font>'
    if token.type == "link_open":
        return f'<a href="{token.attrs["href"]}" color="#1f4e79">'
    if token.type == "link_close":
        return "</a>"
    return _PLAIN.get(token.type) or escape(token.content)


_PLAIN = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "softbreak": " ",
}
_TABLE = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, styles.ACCENT),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, styles.ACCENT),
        ("LINEBELOW", (0, 1), (-1, -2), 0.3, styles.RULE),
        ("LINEBELOW", (0, -1), (-1, -1), 0.9, styles.ACCENT),
        ("BACKGROUND", (0, 0), (-1, 0), styles.SHADE),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 1.8),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8),
    ]
)


def _is_source(inline: list[Token]) -> bool:
    return bool(inline) and inline[0].content.startswith(("Source: ", "Sources: "))


def _closing(tokens: list[Token], i: int) -> int:
    """Return the index of the token that closes the block opened at ``i``."""
    depth: int = tokens[i].nesting
    while depth:
        i += 1
        depth += tokens[i].nesting
    return i


def rule() -> Flowable:
    """Return a thin line across the text."""
    return HRFlowable(width="100%", thickness=0.8, color=styles.ACCENT, spaceAfter=10)
