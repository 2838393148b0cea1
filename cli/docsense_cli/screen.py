"""The two consoles: results on stdout, everything else on stderr. NO_COLOR is honored by Rich.

Whatever is written passes through here, and none of it can steer a terminal: text loses control and
format characters, wherever it came from. Only our own styles still write escape sequences. Bytes
(JSON, a packed prompt) are exact in a file or pipe and lose the same characters on a terminal.
"""

from __future__ import annotations

import codecs
import sys
from functools import cache
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TextIO, cast

from docsense_cli.text import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

PIPED_WIDTH = 100
"""Columns of a result that goes into a file or pipe, so that it reads alike everywhere."""


def guard() -> None:
    """Screen what anything else writes from now on: usage errors, warnings, a bug's traceback."""
    sys.stdout = cast("TextIO", _screened(sys.stdout))
    sys.stderr = cast("TextIO", _screened(sys.stderr))


def out() -> Console:
    raw = _raw(sys.stdout)
    return _console()(
        file=raw,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if raw.isatty() else PIPED_WIDTH,
    )


def err() -> Console:
    return _console()(file=_raw(sys.stderr), highlight=False, markup=False, emoji=False)


def note(text: str, *, quiet: bool) -> None:
    """Write one line to stderr."""
    if not quiet:
        sys.stderr.write(f"{one_line(text)}\n")


def write_text(text: str) -> None:
    """Write a result of lines to stdout at once: whoever reads a pipe waits for it."""
    sys.stdout.write(clean(text))
    sys.stdout.flush()


def write_json(text: str) -> None:
    """Write a JSON result whole, in UTF-8 whatever the locale says."""
    sys.stdout.flush()
    stream = data()
    stream.write(text.encode("utf-8", "backslashreplace"))
    stream.flush()


def data() -> BinaryIO:
    """Return where results go byte by byte."""
    raw = _raw(sys.stdout)
    return cast("BinaryIO", _ScreenedBytes(raw.buffer)) if raw.isatty() else raw.buffer


class _ScreenedText:
    """A text stream that takes no steering characters; for all else it is the stream itself."""

    def __init__(self, stream: TextIO) -> None:
        self.raw = stream

    def write(self, text: str) -> int:
        self.raw.write(clean(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        self.raw.writelines(map(clean, lines))

    @property
    def buffer(self) -> BinaryIO:
        buffer = self.raw.buffer
        return cast("BinaryIO", _ScreenedBytes(buffer)) if self.raw.isatty() else buffer

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the stream has
        return getattr(self.raw, name)


class _ScreenedBytes:
    """The same for UTF-8 bytes that go to a terminal; characters may be cut between two writes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.raw = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, chunk: bytes) -> int:
        self.raw.write(clean(self._decoder.decode(chunk)).encode("utf-8"))
        return len(chunk)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the stream has
        return getattr(self.raw, name)


def _screened(stream: TextIO) -> object:
    return stream if isinstance(stream, _ScreenedText) else _ScreenedText(stream)


def _raw(stream: object) -> TextIO:
    """Return the stream itself, without what we and Rich's progress display put before it."""
    while True:
        if isinstance(stream, _ScreenedText):
            stream = stream.raw
        elif (proxied := getattr(stream, "rich_proxied_file", None)) is not None:
            stream = proxied
        else:
            return cast("TextIO", stream)


@cache
def _console() -> type[Console]:
    """Return Rich's console with text screened where it becomes what is written."""
    from rich.console import Console
    from rich.segment import Segment

    class ScreenedConsole(Console):
        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterable[Segment]:
            for text, style, control in super().render(renderable, options):
                if control is not None:  # a display's own moves, from no document
                    yield Segment(text, style, control)
                    continue
                if style is not None and style.link:
                    style = style.update_link(None)
                yield Segment(clean(text), style)

    return ScreenedConsole
