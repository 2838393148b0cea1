"""Printed page numbers: as the PDF declares them, or as its headers and footers show them.

Detected numbers must run on from page to page; one number that happens to stand at the bottom of a
page says nothing. Pages without a printed number get the label "".
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docsense.loaders.pdf_pages import PageText

_NUMBER = re.compile(r"(?:(?<=^)|(?<=[\s|]))([A-Z]{1,2}-)?(\d{1,4})(?=$|[\s|])")
_ALONE = re.compile(
    r"\W*(?:(?:page|p\.|seite)\s*)?([A-Z]{1,2}-)?(\d{1,4})(?:\s*(?:of|/|von)\s*\d+)?\W*", re.I
)
_EDGE = 2
"""Lines at the top and at the bottom of a page that may carry its number."""

_LONGEST = 160
"""Characters: a longer line is prose, its numbers count something else."""

_LEAST_PAGES = 3
_LEAST_SHARE = 0.6


class _Series(NamedTuple):
    """Numbers that run on: ``prefix`` is "F-" in "F-12", ``offset`` printed less physical."""

    prefix: str
    offset: int


def choose_labels(declared: Sequence[str], pages: Sequence[PageText]) -> tuple[str, ...]:
    """Return one label a page, or () when they equal the physical numbers or are not known."""
    labels = list(declared) if any(declared) else _detect(pages)
    if len(labels) != len(pages):
        return ()
    plain = all(label in ("", str(i)) for i, label in enumerate(labels, start=1))
    return () if plain else tuple(labels)


def _detect(pages: Sequence[PageText]) -> list[str]:
    found = [_candidates(page, i) for i, page in enumerate(pages, start=1)]
    support = Counter(series for page in found for series in page)
    likely = {s: n for s, n in support.items() if n >= _LEAST_PAGES}
    chosen: list[_Series | None] = [
        max(sorted(page & likely.keys()), key=lambda s: likely[s], default=None) for page in found
    ]
    _drop_strays(chosen)
    _bridge(chosen)
    numbered = sum(series is not None for series in chosen)
    written = sum(bool(page.lines) for page in pages)
    if numbered < max(_LEAST_PAGES, _LEAST_SHARE * written):
        return []
    return [f"{s.prefix}{i + s.offset}" if s else "" for i, s in enumerate(chosen, start=1)]


def _candidates(page: PageText, number: int) -> set[_Series]:
    """Return the series to which the numbers in the page's header and footer could belong."""
    lines = sorted(page.lines, key=lambda line: line.box.y0) if page.lines else []
    edges = {line.text for line in (*lines[:_EDGE], *lines[-_EDGE:])}
    edges |= {line.text for line in (*page.lines[:1], *page.lines[-1:])}
    found: set[_Series] = set()
    for text in edges:
        if len(text) > _LONGEST:
            continue
        if match := _ALONE.fullmatch(text):
            found.add(_series(match, number))
            continue
        numbers = list(_NUMBER.finditer(text))
        if numbers and numbers[-1].end() == len(text):
            found.add(_series(numbers[-1], number))
        if numbers and numbers[0].start() == 0:
            found.add(_series(numbers[0], number))
    return found


def _series(match: re.Match[str], number: int) -> _Series:
    return _Series(match[1] or "", int(match[2]) - number)


def _drop_strays(chosen: list[_Series | None]) -> None:
    """Forget series that never run over three neighboring pages, and numbers below 1."""
    for i, series in enumerate(chosen):
        if series is None:
            continue
        window = chosen[max(0, i - 3) : i + 4]
        if window.count(series) < _LEAST_PAGES or i + 1 + series.offset < 1:
            chosen[i] = None


def _bridge(chosen: list[_Series | None]) -> None:
    """Number the pages without a number that stand between two of one series."""
    last, series = -1, None
    for i, current in enumerate(list(chosen)):
        if current is None:
            continue
        if current == series:
            chosen[last + 1 : i] = [series] * (i - last - 1)
        last, series = i, current
