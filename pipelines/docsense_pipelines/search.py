"""Ranked passages for a few words, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docsense.citations import cite
from docsense.errors import ConfigError
from docsense.retrieval import retrieve
from docsense.types import Citation, Hit, Searched
from docsense_pipelines.progress import Progress, silent
from docsense_pipelines.vectors import keep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docsense.embedders import Embedder
    from docsense.index import Library
    from docsense.retrieval import Retrieved
    from docsense.stores import Store
    from docsense_pipelines.progress import Report

_NAMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Hits, best first, and the citation of each whole passage at the same index."""

    question: str
    hits: tuple[Hit, ...]
    citations: tuple[Citation, ...]
    searched: Searched
    scope: str = ""
    """Which documents were searched and why, when not all: "2 of 344 documents (named: apple)"."""


def search(
    words: str,
    *,
    library: Library,
    store: Store,
    embedder: Embedder | None = None,
    k: int = 10,
    patterns: Sequence[str] = (),
    report: Report = silent,
) -> Found:
    """Return up to ``k`` passages, best first; a library without vectors is searched by words.

    Args:
        patterns: Globs over document names to look in; without any, the words may name documents.

    Raises:
        ConfigError: No document's name matches the patterns.
        IndexStateError: The library was made with another embedder.
    """
    report(Progress("search", 0, 0, words))
    within = chosen(patterns, store=store) if patterns else None
    found = retrieve(words, store=store, embedder=embedder, k=k, within=within)
    keep(found, library=library, store=store)
    documents = store.documents()
    citations = []
    for number, hit in enumerate(found.hits, 1):
        text = hit.chunk.text
        start = hit.chunk.start + len(text) - len(text.lstrip())
        document = documents[hit.chunk.uri].document
        citations.append(
            cite(
                document,
                start=start,
                end=start + len(text.strip()),
                quote=text.strip(),
                number=number,
            )
        )
    return Found(
        question=words,
        hits=found.hits,
        citations=tuple(citations),
        searched=searched(found, store=store),
        scope=scope(found),
    )


def chosen(patterns: Sequence[str], *, store: Store) -> frozenset[str]:
    """Return the ids of the documents whose name or file name matches one of the globs.

    Raises:
        ConfigError: There is none.
    """
    documents = [r.document for r in store.documents().values() if r.status == "ready"]
    ids = frozenset(
        document.id
        for document in documents
        for pattern in patterns
        if fnmatchcase(document.name, pattern)
        or fnmatchcase(PurePosixPath(document.name).name, pattern)
    )
    if not ids:
        raise ConfigError(
            f"{', '.join(patterns)}: no document of the library has such a name",
            hint="list the names with: docsense library show",
        )
    return ids


def scope(found: Retrieved) -> str:
    """Return what was searched and why, "" when it was everything."""
    if found.looked_in >= found.documents:
        return ""
    why = f" ({', '.join(found.reasons)})" if found.reasons else ""
    return f"{found.looked_in:,} of {found.documents:,} documents{why}"


def searched(found: Retrieved, *, store: Store) -> Searched:
    """Return what a search looked through; names in order of their best hit."""
    names = list(dict.fromkeys(hit.chunk.name for hit in found.hits))
    ready = [r for r in store.documents().values() if r.status == "ready"]
    return Searched(
        documents=len(ready), chunks=found.total, names=tuple(names[:_NAMES]), terms=found.terms
    )
