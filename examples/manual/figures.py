"""The figures, drawn as vectors: the pipeline, and NoLiMa scores by length."""

# reportlab ships no type information.
# mypy: disable-error-code="import-untyped"
from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, Line, Polygon, PolyLine, Rect, String
from reportlab.graphics.widgets.markers import makeMarker

from examples.manual.styles import ACCENT, INK, RULE, SHADE, SOFT, WARM

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportlab.lib.colors import Color

_STEPS = (
    ("source", "PDF, code, text"),
    ("Document", "text and places"),
    ("Chunk", "offsets, context"),
    ("store", "words, vectors"),
    ("Hit", "chunk and score"),
    ("Answer", "with citations"),
)
_NOLIMA = {
    "Llama 4 Scout": (81.7, 72.3, 61.8, 50.8, 35.5, 26.9, 21.6),
    "Llama 4 Maverick": (90.1, 81.6, 78.3, 68.8, 49.0, 34.3, 24.5),
}
_LENGTHS = ("base", "1K", "2K", "4K", "8K", "16K", "32K")


_COVER = (96, 100, 88, 97, 60, 0, 99, 93, 100, 84, 98, 45, 0, 95, 100, 91, 72)


def cover(width: float) -> Drawing:
    """Draw a page of lines of which one passage is found, and the citation that points at it."""
    drawing = Drawing(width, 210)
    for i, share in enumerate(_COVER):
        if not share:
            continue  # a blank line between paragraphs
        found = i in (8, 9)
        drawing.add(
            Rect(
                0, 200 - 12 * i, share / 100 * 0.66 * width, 4.2,
                fillColor=WARM if found else RULE, strokeColor=None,
            )
        )  # fmt: skip
    x, y = 0.66 * width + 10, 200 - 12 * 8.5 + 2
    drawing.add(
        PolyLine(
            [x, y + 11, x + 5, y + 11, x + 5, y - 11, x, y - 11], strokeColor=WARM, strokeWidth=1.2
        )
    )
    drawing.add(Line(x + 5, y, x + 26, y, strokeColor=WARM, strokeWidth=1.2))
    drawing.add(
        String(
            x + 32, y - 3.5, "[1] p. 57 (printed 55)",
            fontName="Helvetica-Bold", fontSize=9.5, fillColor=WARM,
        )
    )  # fmt: skip
    return drawing


def pipeline(width: float) -> Drawing:
    """Draw source -> Document -> Chunk -> store -> Hit -> Answer, and the check that closes it."""
    drawing = Drawing(width, 112)
    gap = 15.0
    box = (width - gap * (len(_STEPS) - 1)) / len(_STEPS)
    bottom, height = 58.0, 42.0
    for i, (name, what) in enumerate(_STEPS):
        x = i * (box + gap)
        ends = i in (0, len(_STEPS) - 1)
        fill = SHADE if not ends else ACCENT
        drawing.add(Rect(x, bottom, box, height, rx=4, ry=4, fillColor=fill, strokeColor=ACCENT))
        ink, soft = (INK, SOFT) if not ends else (SHADE, SHADE)
        middle = x + box / 2
        drawing.add(_text(middle, bottom + 24, name, size=9.5, bold=True, color=ink))
        drawing.add(_text(middle, bottom + 11, what, size=6.8, color=soft))
        if i:
            _arrow(drawing, x - gap + 1, x - 1, bottom + height / 2)
    left, right = 1.5 * box + gap, width - box / 2
    drawing.add(
        PolyLine(
            [right, bottom, right, 30, left, 30, left, bottom - 5],
            strokeColor=WARM, strokeWidth=1.1, strokeDashArray=[4, 3],
        )
    )  # fmt: skip
    drawing.add(
        Polygon(
            [left - 3, bottom - 7, left + 3, bottom - 7, left, bottom - 1],
            fillColor=WARM, strokeColor=None,
        )
    )  # fmt: skip
    label = "Citation: document.text[start:end] is the quote"
    drawing.add(_text((left + right) / 2, 17, label, size=8, color=WARM))
    return drawing


def nolima(width: float) -> Drawing:
    """Draw the NoLiMa scores of Scout and Maverick as lines."""
    drawing = Drawing(width, 190)
    chart = HorizontalLineChart()
    chart.x, chart.y, chart.width, chart.height = 36, 34, width - 50, 128
    chart.data = list(_NOLIMA.values())
    chart.categoryAxis.categoryNames = list(_LENGTHS)
    chart.valueAxis.valueMin, chart.valueAxis.valueMax, chart.valueAxis.valueStep = 0, 100, 20
    chart.valueAxis.visibleGrid = True
    chart.valueAxis.gridStrokeColor = RULE
    chart.valueAxis.gridStrokeWidth = 0.4
    for axis in (chart.valueAxis, chart.categoryAxis):
        axis.strokeColor = SOFT
        axis.labels.fontName, axis.labels.fontSize = "Helvetica", 8
        axis.labels.fillColor = INK
    for i, color in enumerate((ACCENT, WARM)):
        chart.lines[i].strokeColor = color
        chart.lines[i].strokeWidth = 1.8
        chart.lines[i].symbol = makeMarker("FilledCircle" if i == 0 else "FilledSquare")
        chart.lines[i].symbol.size = 5
        chart.lines[i].symbol.strokeColor = color
    drawing.add(chart)
    drawing.add(_legend(width))
    drawing.add(_text(width / 2, 4, "length of the context, tokens", size=8, color=SOFT))
    drawing.add(String(4, 172, "score", fontName="Helvetica", fontSize=8, fillColor=SOFT))
    return drawing


def _legend(width: float) -> Legend:
    legend = Legend()
    legend.x, legend.y = width - 210, 178
    legend.columnMaximum, legend.deltax = 1, 100
    legend.dx, legend.dy, legend.dxTextSpace = 12, 3, 4
    legend.alignment = "right"
    legend.fontName, legend.fontSize = "Helvetica", 8
    legend.strokeColor = None
    legend.colorNamePairs = list(zip((ACCENT, WARM), _NOLIMA, strict=True))
    return legend


def _text(
    x: float, y: float, text: str, *, size: float, color: Color, bold: bool = False
) -> String:
    font = "Helvetica-Bold" if bold else "Helvetica"
    return String(x, y, text, fontName=font, fontSize=size, fillColor=color, textAnchor="middle")


def _arrow(drawing: Drawing, x0: float, x1: float, y: float) -> None:
    drawing.add(Line(x0, y, x1 - 4, y, strokeColor=SOFT, strokeWidth=1.1))
    drawing.add(Polygon([x1 - 5, y - 3, x1 - 5, y + 3, x1, y], fillColor=SOFT, strokeColor=None))


FIGURES: dict[str, Callable[[float], Drawing]] = {"pipeline": pipeline, "nolima": nolima}
