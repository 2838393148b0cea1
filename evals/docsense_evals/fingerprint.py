"""What identifies the code and the sources behind a result, so that no stale one is reused."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from docsense.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INDEXING = ("loaders", "chunking", "language", "sentences", "stores", "embedders", "tokens",
             "types", "retrieval", "plugins")  # fmt: skip
_LIBRARIES = ("pypdfium2", "pylance", "onnxruntime", "tokenizers")


def digest(*parts: object) -> str:
    """Return the SHA-256 of the JSON of some values, hexadecimal."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_digest(*packages: str) -> str:
    """Return the hash of the Python files of packages: the version alone misses local changes."""
    return digest([(name, _package(Path(str(files(name))))) for name in packages])


@cache
def indexing_digest() -> str:
    """Return the hash of the code that decides what stands in a library."""
    root = Path(str(files("docsense")))
    own = [_package(root / name) if (root / name).is_dir() else _file(root / f"{name}.py")
           for name in _INDEXING]  # fmt: skip
    return digest(own, [version(name) for name in _LIBRARIES])


def _package(folder: Path) -> list[tuple[str, str]]:
    return [(str(p.relative_to(folder)), _file(p)) for p in sorted(folder.rglob("*.py"))]


def _file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources_digest(sources: Sequence[str]) -> str:
    """Return the hash of the paths and bytes of all files of some sources; order does not count.

    Raises:
        SourceError: One is not there.
    """
    return digest([_source(source) for source in sorted(set(sources))])


def _source(source: str) -> list[tuple[str, str]]:
    path = Path(source)
    if path.is_file():
        return [(source, _hashed(source, *_stamp(path)))]
    if not path.is_dir():
        raise SourceError(f"{source}: no such file or folder", hint="correct the suite's paths")
    return _folder(source)


@cache
def _folder(source: str) -> list[tuple[str, str]]:
    """Hash a folder once a process: a set of thousands of files is shared by all its cases."""
    return [(str(p), _hashed(str(p), *_stamp(p))) for p in _walk(Path(source))]


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != ".git":
            yield from _walk(path)
        elif path.is_file():
            yield path


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


@cache
def _hashed(path: str, size: int, mtime: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
