"""Finding loaders by entry point: built-ins register exactly like a third party's.

``[project.entry-points."docsense.loaders"]`` names classes that follow ``docsense.loaders.Loader``.
A third party's loader wins over a built-in for the suffixes that it names.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from docsense.loaders import Loader

_GROUP = "docsense.loaders"
_OWN = "docsense.loaders."


@cache
def loaders() -> tuple[Loader, ...]:
    """Return one loader per entry point: third parties' first, then ours, each by name."""
    found = sorted(entry_points(group=_GROUP), key=lambda e: (e.value.startswith(_OWN), e.name))
    return tuple(entry.load()() for entry in found)


def loader_for(path: Path) -> Loader:
    """Return the loader of a file by its name, then by its suffix; plain text reads the rest."""
    from docsense.loaders.text import TextLoader

    suffix = path.suffix.lower()
    for loader in loaders():
        if path.name in getattr(loader, "filenames", ()) or suffix in loader.suffixes:
            return loader
    return TextLoader()
