"""Finding passages: BM25 over analyzed terms, vectors where there are some, fused by score.

Nothing waits for the vectors of a whole library: candidates that have none are embedded on the
spot, and only they. Scores of both lists are put on one scale (z-scores over the candidates) and
summed with .7 on vectors: better on filings than either list alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docsense.types import Hit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from docsense.embedders import Embedder, Vectors
    from docsense.stores import Store
    from docsense.types import Chunk

CANDIDATES = 40
"""Hits of the first stage that are looked at again; embedding them late takes about a second."""

_VECTOR_WEIGHT = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """What a search found, best first, and what it was searched with.

    Args:
        similarities: Cosine of chunk ids to the question; empty without an embedder.
        frequencies: In how many of ``total`` chunks each search term occurs.
        embedded: Vectors that had to be made on the spot, by chunk id, for the caller to keep.
    """

    hits: tuple[Hit, ...]
    terms: tuple[str, ...]
    frequencies: dict[str, int]
    total: int
    similarities: dict[str, float]
    embedded: dict[str, Vectors]


def retrieve(
    question: str,
    *,
    store: Store,
    embedder: Embedder | None = None,
    k: int = 20,
    within: Collection[str] | None = None,
) -> Retrieved:
    """Return up to ``k`` hits for a question, best first.

    Args:
        embedder: None searches by words alone.
        within: Ids of the documents to look in; None for all.
    """
    from docsense.language import query_terms

    records = [r for r in store.documents().values() if r.status == "ready"]
    languages = sorted({record.document.language for record in records})
    terms = tuple(query_terms(question, languages=languages))
    found = {
        hit.chunk.id: hit for hit in store.search_text(terms, k=max(k, CANDIDATES), within=within)
    }
    lexical = {id: hit.score for id, hit in found.items()}
    similarities: dict[str, float] = {}
    embedded: dict[str, Vectors] = {}
    if embedder is not None and records:
        query = embedder.embed_query(question)
        for hit in store.search_vector(query, k=CANDIDATES, within=within):
            found.setdefault(hit.chunk.id, hit)
            similarities[hit.chunk.id] = hit.score
        chunks = [hit.chunk for hit in found.values() if hit.chunk.id not in similarities]
        known = store.vectors([chunk.id for chunk in chunks])
        embedded = _embed_late(embedder, [c for c in chunks if c.id not in known])
        for id, vector in {**known, **embedded}.items():
            similarities[id] = float(query[0] @ vector)
    scores = _fused(list(found), lexical, similarities)
    hits = sorted(
        (Hit(hit.chunk, scores[id]) for id, hit in found.items()),
        key=lambda hit: (-hit.score, hit.chunk.id),
    )
    return Retrieved(
        hits=tuple(hits[:k]),
        terms=terms,
        frequencies=store.frequencies(terms),
        total=sum(record.chunks for record in records),
        similarities=similarities,
        embedded=embedded,
    )


def passage(chunk: Chunk) -> str:
    """Return what is embedded for a chunk: its innermost context, then its text."""
    return f"{chunk.context.rpartition(chr(10))[2]}\n{chunk.text}"


def _embed_late(embedder: Embedder, chunks: Sequence[Chunk]) -> dict[str, Vectors]:
    if not chunks:
        return {}
    vectors = embedder.embed_passages([passage(chunk) for chunk in chunks])
    return {chunk.id: vector for chunk, vector in zip(chunks, vectors, strict=True)}


def _fused(
    ids: Sequence[str], lexical: dict[str, float], similarities: dict[str, float]
) -> dict[str, float]:
    """Return one score per id; a chunk that a list lacks has that list's lowest score."""
    words = _standardized(ids, lexical)
    if not similarities:
        return {id: lexical.get(id, 0.0) for id in ids}
    vectors = _standardized(ids, similarities)
    return {id: (1 - _VECTOR_WEIGHT) * words[id] + _VECTOR_WEIGHT * vectors[id] for id in ids}


def _standardized(ids: Sequence[str], scores: dict[str, float]) -> dict[str, float]:
    lowest = min(scores.values(), default=0.0)
    values = [scores.get(id, lowest) for id in ids]
    mean = sum(values) / max(1, len(values))
    spread = (sum((v - mean) ** 2 for v in values) / max(1, len(values))) ** 0.5 or 1.0
    return {id: (v - mean) / spread for id, v in zip(ids, values, strict=True)}
