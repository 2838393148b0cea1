"""Type and color: Times for reading, Helvetica for finding, Courier for typing.

Only the standard fonts of PDF, so that nothing has to be embedded and every machine builds alike.
"""

# reportlab ships no type information.
# mypy: disable-error-code="import-untyped"
from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

INK = HexColor("#1c2430")
ACCENT = HexColor("#1f4e79")
SOFT = HexColor("#5b6b7d")
RULE = HexColor("#b9c4d0")
SHADE = HexColor("#f2f5f8")
STRIPE = HexColor("#f8fafb")
WARM = HexColor("#b5651d")

MARGIN_X = 26 * mm
MARGIN_TOP = 23 * mm
MARGIN_BOTTOM = 21 * mm

BODY = ParagraphStyle(
    "body",
    fontName="Times-Roman",
    fontSize=10.3,
    leading=13.4,
    spaceAfter=6.5,
    textColor=INK,
    allowWidows=0,
    allowOrphans=0,
)
CHAPTER = ParagraphStyle(
    "chapter",
    parent=BODY,
    fontName="Helvetica-Bold",
    fontSize=19,
    leading=23,
    spaceBefore=24,
    spaceAfter=10,
    textColor=ACCENT,
    keepWithNext=1,
)
SECTION = ParagraphStyle(
    "section",
    parent=BODY,
    fontName="Helvetica-Bold",
    fontSize=12,
    leading=15,
    spaceBefore=11,
    spaceAfter=4,
    textColor=INK,
    keepWithNext=1,
)
BULLET = ParagraphStyle(
    "bullet",
    parent=BODY,
    leftIndent=14,
    bulletIndent=2,
    bulletFontName="Times-Roman",
    bulletFontSize=10.3,
    spaceAfter=3.5,
)
CODE = ParagraphStyle(
    "code",
    fontName="Courier",
    fontSize=8.6,
    leading=11.2,
    textColor=INK,
    backColor=SHADE,
    borderPadding=(5, 6, 5, 6),
    leftIndent=6,
    rightIndent=6,
    spaceBefore=11,
    spaceAfter=13,
)
NOTE = ParagraphStyle(
    "note",
    parent=BODY,
    fontName="Times-Italic",
    leftIndent=12,
    rightIndent=12,
    borderPadding=(6, 8, 6, 8),
    borderColor=WARM,
    borderWidth=0.8,
    spaceBefore=16,
    spaceAfter=15,
)
CAPTION = ParagraphStyle(
    "caption",
    parent=BODY,
    fontName="Helvetica-Bold",
    fontSize=8.6,
    leading=11,
    textColor=SOFT,
    spaceBefore=7,
    spaceAfter=3,
    keepWithNext=1,
)
SOURCE = ParagraphStyle("source", parent=BODY, fontSize=9, leading=11.5, textColor=SOFT)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=9.2, leading=11.3, spaceAfter=0)
HEAD = ParagraphStyle(
    "head", parent=CELL, fontName="Helvetica-Bold", fontSize=8.6, leading=11, textColor=ACCENT
)
TERM = ParagraphStyle("term", parent=BODY, fontSize=9.6, leading=12.2, spaceAfter=4.5)
CONTENTS = ParagraphStyle(
    "contents", parent=BODY, fontName="Helvetica-Bold", fontSize=19, leading=23, spaceAfter=14,
    textColor=ACCENT,
)  # fmt: skip
CONTENTS_1 = ParagraphStyle(
    "contents 1", parent=BODY, fontName="Helvetica-Bold", fontSize=9.4, leading=11.2,
    spaceBefore=3.5, spaceAfter=0,
)  # fmt: skip
CONTENTS_2 = ParagraphStyle(
    "contents 2", parent=BODY, fontSize=9.4, leading=10.9, leftIndent=16, spaceAfter=0
)
TITLE = ParagraphStyle(
    "title", parent=BODY, fontName="Helvetica-Bold", fontSize=44, leading=50, textColor=ACCENT
)
SUBTITLE = ParagraphStyle("subtitle", parent=BODY, fontSize=16, leading=22, textColor=SOFT)
IMPRINT = ParagraphStyle("imprint", parent=BODY, fontSize=9.5, leading=13, textColor=SOFT)
CENTERED = ParagraphStyle("centered", parent=CAPTION, alignment=TA_CENTER, keepWithNext=0)
