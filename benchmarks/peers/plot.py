"""A dot with its interval for each system and set, as SVG text made without a plotting package."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from benchmarks.peers.measuring import mean_rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.peers.measuring import Row

_FONT = "font-family='system-ui, sans-serif' font-size='12'"
_LEFT, _WIDTH, _ROW, _GAP, _TOP = 190, 420, 18, 36, 44
_OURS, _THEIRS = "#0b6e4f", "#5b6472"


def picture(sets: Mapping[str, Mapping[str, Sequence[Row]]], *, title: str) -> str:
    """Return one panel a set: mean reciprocal rank from 0 to 1, 95% intervals, ours in green."""
    parts, top = [], _TOP
    for name, systems in sets.items():
        n = max(len(rows) for rows in systems.values())
        parts.append(f"<text x='8' y='{top + 12}' {_FONT} font-weight='bold'>"
                     f"{escape(name)}, n = {n}</text>")  # fmt: skip
        first = top + 20
        bottom = first + _ROW * len(systems)
        parts += _axis(first, bottom)
        for i, (system, rows) in enumerate(systems.items()):
            parts += _dot(system, rows, first + _ROW * i + _ROW / 2)
        top = bottom + _GAP
    height = top
    head = f"<text x='8' y='24' {_FONT} font-weight='bold'>{escape(title)}</text>"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_LEFT + _WIDTH + 70} {height}' "
        f"width='{_LEFT + _WIDTH + 70}' height='{height}' role='img' "
        f"aria-label='{escape(title, quote=True)}'>"
        f"<rect width='100%' height='100%' fill='white'/>{head}{''.join(parts)}</svg>\n"
    )


def _axis(first: float, bottom: float) -> list[str]:
    parts = []
    for tenth in range(0, 11, 2):
        x = _x(tenth / 10)
        parts.append(f"<line x1='{x:.1f}' y1='{first}' x2='{x:.1f}' y2='{bottom}' "
                     "stroke='#dde1e6'/>")  # fmt: skip
        parts.append(f"<text x='{x:.1f}' y='{bottom + 13}' {_FONT} text-anchor='middle' "
                     f"fill='#5b6472'>{tenth / 10:g}</text>")  # fmt: skip
    return parts


def _dot(system: str, rows: Sequence[Row], y: float) -> list[str]:
    found = mean_rank(rows)
    color = _OURS if system.startswith("docsense") else _THEIRS
    return [
        f"<text x='{_LEFT - 8}' y='{y + 4:.1f}' {_FONT} text-anchor='end'>{escape(system)}</text>",
        f"<line x1='{_x(found.low):.1f}' y1='{y:.1f}' x2='{_x(found.high):.1f}' y2='{y:.1f}' "
        f"stroke='{color}' stroke-width='2'/>",
        f"<circle cx='{_x(found.mean):.1f}' cy='{y:.1f}' r='4' fill='{color}'/>",
        f"<text x='{_LEFT + _WIDTH + 10}' y='{y + 4:.1f}' {_FONT}>{found.mean:.2f}</text>",
    ]


def _x(value: float) -> float:
    return _LEFT + _WIDTH * value
