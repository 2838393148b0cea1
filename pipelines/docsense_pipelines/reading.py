"""Reading one file into a store entry: hash, load, detect the language, cut, analyze.

Runs in a worker process; everything here is a function of the job alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docsense.errors import DocsenseError, LimitExceededError, SourceError
from docsense.types import Entry, Record

if TYPE_CHECKING:
    from docsense.loaders import Loader

CHUNKER = "chunks/1"
"""Version of cutting and analysis: part of a record's ``loader``, so that a change re-reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A file to read; ``known`` is the hash and loader under which the library holds it, or ""."""

    path: str
    uri: str
    name: str
    size: int
    mtime_ns: int
    known: str = ""
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The file's bytes are those that the library already holds."""

    job: Job


@dataclass(frozen=True, slots=True)
class Failure:
    """The file could not be read, and why."""

    job: Job
    error: DocsenseError


def fingerprint(sha256: str, loader: str) -> str:
    """Return what must stay equal for a document to be kept as it is."""
    return f"{sha256} {loader}"


def loader_version(loader: Loader) -> str:
    return f"{loader.name} {CHUNKER}"


def read(job: Job) -> Entry | Unchanged | Failure:
    """Read one file; an error in the file is a value, an error in the program propagates."""
    from docsense.plugins import loader_for

    path = Path(job.path)
    try:
        loader = loader_for(path)
        version = loader_version(loader)
        if job.known and job.known == fingerprint(_sha256(path), version):
            return Unchanged(job)
        return _entry(job, loader, version)
    except MemoryError:
        error = LimitExceededError(
            f"{job.name}: needs more memory than a reader may take",
            hint="raise DOCSENSE_MEMORY (bytes)",
        )
        return Failure(job, error)
    except DocsenseError as error:
        return Failure(job, error)
    except OSError as error:
        return Failure(job, SourceError(f"{job.name}: cannot be read: {error.strerror or error}"))


def _entry(job: Job, loader: Loader, version: str) -> Entry:
    from docsense.chunking import chunk
    from docsense.language import detect, terms

    document = loader.load(Path(job.path), uri=job.uri, name=job.name, password=job.password)
    document = replace(document, language=document.language or detect(document.text))
    chunks = tuple(chunk(document))
    analyzed = tuple(
        " ".join(terms(f"{c.context}\n{c.text}", language=document.language)) for c in chunks
    )
    record = Record(
        document=replace(document, text=""),
        characters=len(document.text),
        tokens=0,
        exact_tokens=False,
        chunks=len(chunks),
        size=job.size,
        mtime_ns=job.mtime_ns,
        loader=version,
    )
    return Entry(record=record, chunks=chunks, terms=analyzed)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
