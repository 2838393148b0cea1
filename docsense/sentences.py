"""A text as sentences, table rows, headings, list items and code, in order.

Lines are sorted into blocks first, because extracted text has no other structure: a table's row
must not melt into the paragraph below it, and a sentence must not end where a line does. Blocks of
prose are then cut by sentencex, corrected for what it does not know (ordinals, footnote marks).
Spans are ordered, disjoint and never empty, and carry no white space at either end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import sentencex  # type: ignore[import-untyped]  # ships no type information

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["sentence", "row", "heading", "item", "code"]


class Span(NamedTuple):
    """The half-open range ``[start, end)`` of a text, in characters, and what stands there."""

    start: int
    end: int
    kind: Kind


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    kind: Literal["prose", "row", "weak row", "heading", "item", "code", "fence", "blank"]


def split(text: str, *, language: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the spans of ``text[start:end]`` in order; offsets count from the start of ``text``.

    Args:
        language: ISO 639-1; rules of English apply to "" and to languages without rules.
    """
    for block in _blocks(text, start, len(text) if end is None else end):
        if block.kind in ("sentence", "item"):
            yield from _sentences(text, block, language or "en")
        else:
            yield block


# --- lines

_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_BREAKS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_CELL = r"(?:[-–—(]?\s?[$€£¥]?\s?\(?[-–]?\d(?:[\d,.']*\d)?\s?[%)]*|[-–—]|[$€£¥%]|n/?a|N/?A)"
_ROW = re.compile(rf"(?:^|\s){_CELL}(?:\s+{_CELL})+\s*$|\.{{4,}}|(?:\. ){{4,}}")
_WEAK_ROW = re.compile(rf"^\D.{{0,80}}?\s{_CELL}\s*$")
_COLUMNS = re.compile(r"\S(?:\t|\s{3,})\S.*?\S(?:\t|\s{3,})\S|^\s*\|.*\|\s*$")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ITEM = re.compile(
    r"\s*(?:[-*+•‣▪◦·●○■□➢✓►–]\s+|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]\s+(?=\S)|\[\d{1,3}\]\s+)"
)
_MARKED_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S|\s*(?:={4,}|-{4,})\s*$")
_NUMBERED = re.compile(
    r"\s*(?:(?:item|part|chapter|section|appendix|kapitel|abschnitt|teil|anhang|chapitre|artikel|"
    r"article|note)\s+[\dIVXA-Z]+\b|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-ZÄÖÜÉ]|§\s*\d+)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\s*(?:(?:async\s+)?def\s+\w+\s*\(|class\s+\w+\s*[:({]|import\s+[\w.]+\s*;?$|"
    r"from\s+[\w.]+\s+import\b|return\b.*[;)\]\w]$|@\w+[\w.]*(?:\(.*\))?$|#\s*include\b|"
    r"(?:public|private|protected|static|func|fn|let|const|var)\s+\w+.*[{;=(]|[{}\])]+[;,]?\s*$|"
    r">>>\s|\$\s+\w|//|/\*|(?:if|for|while|elif|else|try|except|with)\b.*:\s*$|"
    r"[\w.\[\]'\"]+\s*[-+*/|]?=\s*\S)|.*[;{]\s*$"
)
_TERMINAL = re.compile(r"[.!?…:;,。！？]['\"”’»)\]]*\d{0,2}\s*$")
_LONGEST_HEADING_WORDS = 14


def _lines(text: str, start: int, end: int) -> Iterator[_Line]:
    """Yield the lines that are not empty, with a blank one where a gap parts two of them."""
    last = start
    fenced = False
    for match in _LINE.finditer(text, start, end):
        line = match[0]
        at, stop = match.span()
        if not line.strip():
            continue
        if _gap(text, last, at):
            yield _Line(at, at, "", "blank")
        last = stop
        if _FENCE.match(line):
            fenced = not fenced
            yield _Line(at, stop, line, "fence")
        elif fenced:
            yield _Line(at, stop, line, "code")
        else:
            yield _Line(at, stop, line, _classify(line))


def _gap(text: str, last: int, at: int) -> bool:
    between = text[last:at].replace("\r\n", "\n")
    return sum(map(between.count, _BREAKS)) > 1


def _classify(line: str) -> Literal["prose", "row", "weak row", "heading", "item", "code"]:
    final = line.rstrip()[-1]
    if not (final.isalpha() or final in ".,;") or "  " in line or "\t" in line or "...." in line:
        if _MARKED_HEADING.match(line):
            return "heading"
        if _ROW.search(line) or _COLUMNS.search(line):
            return "row"
        if final in ")%" or final.isdigit():
            if _CODE.match(line):
                return "code"
            if _WEAK_ROW.match(line):
                return "weak row"
    first = line.lstrip()[0]
    if first == "#" and _MARKED_HEADING.match(line):
        return "heading"
    if (final in ";{}():" or "=" in line or not first.isupper()) and _CODE.match(line):
        return "code"
    if not first.isalpha() or line.lstrip()[1:2] in (".", ")"):
        return "item" if _ITEM.match(line) else "prose"
    return "prose"


# --- blocks

_JOINED = {("code", "code"), ("sentence", "sentence"), ("item", "sentence")}


def _blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield runs of lines of one kind; prose and items come as blocks still to be cut."""
    lines = list(_lines(text, start, end))
    opened: Span | None = None
    width = _usual_width(lines)
    for i, line in enumerate(lines):
        before = lines[i - 1] if i else None
        after = lines[i + 1] if i + 1 < len(lines) else None
        if line.kind == "blank":
            if opened and not _continues(before, after):
                yield _stripped(text, opened)
                opened = None
            continue
        kind = _kind(line, before=before, after=after, width=width)
        joined = opened and (opened.kind, kind) in _JOINED
        if opened and joined and not (_introduces(before, line) or _breaks_off(lines, i)):
            opened = opened._replace(end=line.end)
        else:
            if opened:
                yield _stripped(text, opened)
            opened = Span(line.start, line.end, kind)
            if kind in ("row", "heading"):
                yield _stripped(text, opened)
                opened = None
    if opened:
        yield _stripped(text, opened)


def _stripped(text: str, span: Span) -> Span:
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()), span.kind)


def _usual_width(lines: list[_Line]) -> int:
    """Return the length, in characters, that nine of ten lines of prose stay below."""
    lengths = sorted(line.end - line.start for line in lines if line.kind == "prose")
    return lengths[int(0.9 * len(lengths))] if lengths else 0


def _kind(line: _Line, *, before: _Line | None, after: _Line | None, width: int) -> Kind:
    neighbours = {before.kind if before else "blank", after.kind if after else "blank"}
    match line.kind:
        case "row" | "heading":
            return line.kind
        case "fence":
            return "code"
        case "code":
            return "code" if neighbours & {"code", "fence"} else "sentence"
        case "weak row":
            # Wrapped prose may end in a figure; beside another row it is a row.
            if neighbours & {"row", "weak row"}:
                return "row"
    if _is_heading(line, before=before, after=after, width=width):
        return "heading"
    return "item" if line.kind == "item" else "sentence"


def _is_heading(line: _Line, *, before: _Line | None, after: _Line | None, width: int) -> bool:
    text = line.text.strip()
    words = text.split()
    if len(words) > _LONGEST_HEADING_WORDS or len(text) > 110 or text[0].islower():
        return False
    if not any(map(str.isalpha, text)) or (_TERMINAL.search(text) and not _NUMBERED.match(text)):
        return False
    if text[-1] in ",;" or (text[-1] == "." and len(words) > 6):
        return False
    if after and after.text and after.text.lstrip()[:1].islower():
        return False
    opens = before is None or before.kind in ("blank", "row", "heading", "fence")
    closes = after is None or after.kind in ("blank", "row", "item")
    if opens and closes:
        return line.kind != "item" or bool(_NUMBERED.match(text) and len(words) <= 10)
    if not opens and before and not _TERMINAL.search(before.text):
        return False
    # Without blank lines only its looks tell a heading: short for the page, capitals, a number.
    short = len(text) < 0.7 * width
    return short and (bool(_NUMBERED.match(text)) or _looks_titled(words))


def _looks_titled(words: list[str]) -> bool:
    long_words = [word for word in words if len(word) > 3 and word[0].isalpha()]
    capital = sum(word[0].isupper() for word in long_words)
    return bool(long_words) and capital >= 0.8 * len(long_words) and len(words) <= 10


def _continues(before: _Line | None, after: _Line | None) -> bool:
    """Tell whether a sentence runs on over a blank line, as it does over the end of a page."""
    if before is None or after is None or before.kind != "prose" or after.kind != "prose":
        return False
    return not _TERMINAL.search(before.text) and after.text.lstrip()[0].islower()


def _introduces(before: _Line | None, line: _Line) -> bool:
    """Tell whether the line before ends in a colon that a list, a table or a quote follows."""
    if before is None or before.kind != "prose" or line.kind != "prose":
        return False
    return before.text.rstrip()[-1] == ":" and not line.text.lstrip()[0].islower()


def _breaks_off(lines: list[_Line], i: int) -> bool:
    """Tell whether the line before is a label: short beside its neighbours, open at its end."""
    line, before = lines[i], lines[i - 1]
    if line.kind == "code" or before.kind not in ("prose", "weak row"):
        return False
    around = max(line.end - line.start, lines[i - 2].end - lines[i - 2].start if i > 1 else 0)
    if before.end - before.start >= 0.55 * around or line.text.lstrip()[0].islower():
        return False
    return not _TERMINAL.search(before.text)


# --- sentences

_ORDINAL = re.compile(
    r"(?:\b(?:am|der|dem|den|des|die|das|vom|zum|zur|im|ab|bis|seit|und|jeder|jedem|ihr\w*|sein\w*)"
    r"\s|\A)\d{1,2}\.\s*\Z",
    re.IGNORECASE,
)
_ORDINAL_LANGUAGES = {"cs", "da", "de", "et", "fi", "hu", "no", "pl", "tr"}
_FOOTNOTE = re.compile(r"(?<=[a-z)\]][.!?])[\"”’]?(?:\d{1,2}|\[\d{1,3}\])(?=\s+[A-ZÄÖÜÉ])")
_OPEN_END = re.compile(r"[^\W\d_]{1,6}\.\s*\Z")
_LONGEST_SENTENCE = 2_000


def _sentences(text: str, block: Span, language: str) -> Iterator[Span]:
    piece = text[block.start : block.end]
    kind: Kind = block.kind
    marker = _ITEM.match(piece)
    bare = marker.end() if marker and kind == "item" else 0
    cuts = [cut for cut in _cuts(piece, language) if cut > bare]
    for start, end in _merged(piece, cuts, language):
        for span in _shortened(piece, start, end):
            found = _stripped(text, Span(block.start + span[0], block.start + span[1], kind))
            if found.start < found.end:
                yield found
                kind = "sentence"


def _cuts(piece: str, language: str) -> list[int]:
    """Return the offsets after which a sentence may begin, the end of the piece included."""
    if len(piece) < 40 and not re.search(r"[.!?。！？]\s", piece):
        return [len(piece)]
    cuts = {int(found["end_index"]) for found in sentencex.get_sentence_boundaries(language, piece)}
    cuts.update(match.end() for match in _FOOTNOTE.finditer(piece))
    return sorted(cuts | {len(piece)})


def _merged(piece: str, cuts: list[int], language: str) -> Iterator[tuple[int, int]]:
    """Yield ranges, with those joined that an ordinal or an unknown abbreviation had parted."""
    start = 0
    for cut in cuts:
        rest = piece[cut : cut + 12].lstrip()
        ending = piece[max(start, cut - 24) : cut]
        if rest and language in _ORDINAL_LANGUAGES and _ORDINAL.search(ending):
            continue
        if rest[:1].islower() and _OPEN_END.search(ending):
            continue
        if cut > start:
            yield start, cut
        start = cut


def _shortened(piece: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is far too long for a sentence (lists without punctuation) at ends of lines."""
    while end - start > _LONGEST_SENTENCE:
        cut = piece.rfind("\n", start + 1, start + _LONGEST_SENTENCE) + 1
        if cut <= start:
            cut = piece.rfind(" ", start + 1, start + _LONGEST_SENTENCE) + 1
        if cut <= start:
            cut = start + _LONGEST_SENTENCE
        yield start, cut
        start = cut
    yield start, end
