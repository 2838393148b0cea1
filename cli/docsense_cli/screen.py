"""The two consoles: results on stdout, everything else on stderr. NO_COLOR is honored by Rich."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docsense_cli.text import one_line

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 100
"""Columns of a result that goes into a file or pipe, so that it reads alike everywhere."""


def out() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(highlight=False, markup=False, emoji=False, width=width)


def err() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def note(text: str, *, quiet: bool) -> None:
    """Write one line to stderr."""
    if not quiet:
        sys.stderr.write(f"{one_line(text)}\n")


def write_json(text: str) -> None:
    """Write a JSON result whole, in UTF-8 whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
