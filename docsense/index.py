"""Libraries: where one lives, what it was made from, and whether its sources have changed.

A library is a folder with a LanceDB database and ``library.json``. By default it lies in the user's
data folder under a name derived from the resolved paths, so that no source folder is littered.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docsense.errors import ConfigError, IndexStateError
from docsense.types import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docsense.types import Record

_MANIFEST = "library.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library on disk: its folder, and the absolute paths it was made from, sorted."""

    path: Path
    name: str
    roots: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        return (self.path / _MANIFEST).is_file()

    def with_roots(self, roots: Iterable[Path]) -> Library:
        """Return the library with more sources; one inside another is not repeated."""
        every = sorted({*self.roots, *(str(root) for root in roots)})
        kept = [
            root
            for root in every
            if not any(other != root and Path(root).is_relative_to(other) for other in every)
        ]
        return Library(path=self.path, name=self.name, roots=tuple(kept))

    def save(self) -> None:
        """Write the manifest in one step.

        Raises:
            IndexStateError: The folder cannot be written.
        """
        form = {"schema": SCHEMA, "name": self.name, "roots": list(self.roots)}
        text = json.dumps(form, indent=2) + "\n"
        manifest = self.path / _MANIFEST
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if manifest.is_file() and manifest.read_text(encoding="utf-8") == text:
                return
            draft = manifest.with_suffix(".json.new")
            draft.write_text(text, encoding="utf-8")
            draft.replace(manifest)
        except OSError as error:
            raise IndexStateError(
                f"{self.path}: cannot be written: {error.strerror or error}",
                hint="free space or permit writing there, or set DOCSENSE_HOME to another folder",
            ) from error


def library_for(roots: Sequence[Path], *, home: Path) -> Library:
    """Return the library that belongs to these paths, whether it exists yet or not."""
    resolved = sorted({str(root.resolve()) for root in roots})
    digest = hashlib.sha256("\0".join(resolved).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    stem = Path(resolved[0]).name if len(resolved) == 1 else f"{len(resolved)}-sources"
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.")[:60] or "library"
    return read_library(home / f"{slug}-{digest}")


def find_library(which: str, *, home: Path) -> Library:
    """Return the library of a name in ``home``, or of a path (anything with a separator).

    Raises:
        ConfigError: The name holds characters that no library name has.
    """
    if os.sep in which or which.startswith((".", "~")):
        return read_library(Path(which).expanduser().resolve())
    if not _NAME.fullmatch(which):
        raise ConfigError(
            f"{which!r}: not a library name", hint="use letters, digits, dots and dashes, or a path"
        )
    return read_library(home / which)


def existing_library(which: str, *, home: Path) -> Library:
    """Return a library that must exist already.

    Raises:
        IndexStateError: There is no such library.
    """
    library = find_library(which, home=home)
    if not library.exists:
        names = ", ".join(other.name for other in list_libraries(home=home)) or "none yet"
        raise IndexStateError(
            f"{which}: no such library (there are: {names})",
            hint="make it with: docsense ingest PATH --library NAME",
        )
    return library


def read_library(path: Path) -> Library:
    """Return the library in a folder; without a manifest it has no roots and does not exist.

    Raises:
        IndexStateError: The manifest is damaged or of another version.
    """
    manifest = path / _MANIFEST
    try:
        form = json.loads(manifest.read_text(encoding="utf-8"))
        version, roots = form["schema"], tuple(map(str, form["roots"]))
    except (FileNotFoundError, NotADirectoryError):
        return Library(path=path, name=path.name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexStateError(
            f"{manifest}: damaged: {error}", hint=f"remove it with: docsense library remove {path}"
        ) from error
    if version != SCHEMA:
        raise IndexStateError(
            f"{path}: made by another version (schema {version}, this is {SCHEMA})",
            hint="ingest the sources again into a new library",
        )
    return Library(path=path, name=path.name, roots=roots)


def list_libraries(*, home: Path) -> Iterator[Library]:
    """Yield the libraries of a folder, by name."""
    if home.is_dir():
        for path in sorted(home.iterdir()):
            if (path / _MANIFEST).is_file():
                yield read_library(path)


def delete_library(library: Library) -> None:
    """Remove a library's folder; its manifest goes last, so an interrupted removal can be repeated.

    Raises:
        IndexStateError: It is not a library, or cannot be removed.
    """
    if not library.exists:
        raise IndexStateError(f"{library.path}: no library there")
    try:
        for child in sorted(library.path.iterdir()):
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(child)
            elif child.name != _MANIFEST:
                child.unlink()
        (library.path / _MANIFEST).unlink()
        library.path.rmdir()
    except OSError as error:
        raise IndexStateError(f"{library.path}: cannot be removed: {error.strerror}") from error


def is_stale(record: Record) -> bool:
    """Tell whether a file is gone or no longer has the size and time it had when it was read."""
    try:
        now = Path(record.document.uri).stat()
    except OSError:
        return True
    return (now.st_size, now.st_mtime_ns) != (record.size, record.mtime_ns)
