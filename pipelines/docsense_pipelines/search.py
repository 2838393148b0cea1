"""Ranked passages for a few words, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docsense.citations import cite
from docsense.retrieval import retrieve
from docsense.types import Citation, Hit, Searched
from docsense_pipelines.progress import Progress, silent
from docsense_pipelines.vectors import keep

if TYPE_CHECKING:
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


def search(
    words: str,
    *,
    library: Library,
    store: Store,
    embedder: Embedder | None = None,
    k: int = 10,
    report: Report = silent,
) -> Found:
    """Return up to ``k`` passages, best first; a library without vectors is searched by words.

    Raises:
        IndexStateError: The library was made with another embedder.
    """
    report(Progress("search", 0, 0, words))
    found = retrieve(words, store=store, embedder=embedder, k=k)
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
    )


def searched(found: Retrieved, *, store: Store) -> Searched:
    """Return what a search looked through; names in order of their best hit."""
    names = list(dict.fromkeys(hit.chunk.name for hit in found.hits))
    ready = [r for r in store.documents().values() if r.status == "ready"]
    return Searched(
        documents=len(ready), chunks=found.total, names=tuple(names[:_NAMES]), terms=found.terms
    )
