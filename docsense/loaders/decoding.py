"""Bytes of a text file as text whose lines are the file's lines.

Line ends become line feeds, a byte order mark goes, and nothing else moves: line 120 of the
document is line 120 in an editor.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from docsense.errors import LimitExceededError, SourceError, UnsupportedSourceError
from docsense.loaders.secrets import redact

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 100_000_000
"""Longest text file that is read; a folder's limits are lower (``walk``)."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1b"))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Source(NamedTuple):
    """The bytes of a file and their SHA-256, hexadecimal."""

    data: bytes
    sha256: str


class Decoded(NamedTuple):
    """Text whose lines end in a line feed, and what a reader should know of how it was read."""

    text: str
    notes: tuple[str, ...]


class Plain(NamedTuple):
    """A text file as the loaders of plain formats want it: decoded, secrets redacted."""

    text: str
    sha256: str
    notes: tuple[str, ...]


def read_plain(path: Path, *, name: str) -> Plain:
    """Read a text file.

    Raises:
        UnsupportedSourceError: It is binary.
        LimitExceededError: It is longer than ``MAX_BYTES``.
        SourceError: It cannot be read.
    """
    source = read_source(path, name=name)
    decoded = decode(source.data, name=name)
    text, secrets = redact(decoded.text)
    return Plain(text, source.sha256, decoded.notes + secrets_note(secrets))


def secrets_note(count: int) -> tuple[str, ...]:
    """Return the note on ``count`` redacted secrets; empty when there were none."""
    return (f"{count} secret{'s' if count > 1 else ''} redacted",) if count else ()


def read_source(path: Path, *, name: str, limit: int = MAX_BYTES) -> Source:
    """Read the bytes of a file, at most ``limit``.

    Raises:
        LimitExceededError: It is longer.
        SourceError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise SourceError(f"{name}: cannot be read: {error.strerror or error}") from error
    if len(data) > limit:
        raise LimitExceededError(
            f"{name}: more than {limit // 1_000_000} MB", hint="split it into smaller files"
        )
    return Source(data, hashlib.sha256(data).hexdigest())


def decode(data: bytes, *, name: str) -> Decoded:
    """Decode text: by its byte order mark, as UTF-8, else as Windows-1252.

    Raises:
        UnsupportedSourceError: It is binary.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], encoding)
    if b"\0" in data:
        raise UnsupportedSourceError(f"{name}: binary", hint="convert it to text first")
    try:
        return Decoded(_normalized(data.decode("utf-8")), ())
    except UnicodeDecodeError:
        return _decode_other(data, name=name)


def _decode_other(data: bytes, *, name: str) -> Decoded:
    if looks_binary(data[:8192]):
        raise UnsupportedSourceError(f"{name}: binary", hint="convert it to text first")
    repaired = _replacing(data, "utf-8")
    bad = repaired.text.count("\ufffd")
    # A few bad bytes in a UTF-8 file (a cut log line) must not turn every umlaut into two letters.
    if sum(not char.isascii() for char in repaired.text) > 2 * bad:
        return repaired
    try:
        return Decoded(_normalized(data.decode("cp1252")), ("not UTF-8, read as Windows-1252",))
    except UnicodeDecodeError:
        return Decoded(_normalized(data.decode("latin-1")), ("not UTF-8, read as Latin-1",))


def _replacing(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    bad = text.count("\ufffd")
    label = encoding[:6].rstrip("-").upper()
    notes = (f"{bad} characters are not valid {label}",) if bad else ()
    return Decoded(_normalized(storable(text)), notes)


def _normalized(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def storable(text: str) -> str:
    """Replace what no UTF-8 store takes: lone surrogates and NUL."""
    return _UNSTORABLE.sub("\ufffd", text)


def looks_binary(head: bytes) -> bool:
    """Tell from the first bytes of a file whether it is something else than text."""
    if head.startswith(tuple(mark for mark, _ in _BOMS)):
        return False
    if b"\0" in head:
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls * 20 > len(head)


def line_starts(text: str) -> tuple[int, ...]:
    """Return the offset of every line; a final line break begins no further line."""
    lengths = map(len, text.removesuffix("\n").split("\n")[:-1])
    return tuple(accumulate((length + 1 for length in lengths), initial=0))
