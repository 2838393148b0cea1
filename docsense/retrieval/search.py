"""Finding passages: BM25 over analyzed terms, vectors where there are some, fused by score.

Nothing waits for the vectors of a whole library: candidates that have none are embedded on the
spot, and only they.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docsense.loaders.kinds import is_code
from docsense.retrieval.code import symbol, with_code_signals
from docsense.retrieval.fusion import beside, fused, spread, vector_weight
from docsense.retrieval.rescoring import bm25
from docsense.retrieval.resolver import Resolution, resolve
from docsense.retrieval.vocabulary import other_words
from docsense.tracing import span
from docsense.types import Hit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from docsense.embedders import Embedder, Vectors
    from docsense.stores import Store
    from docsense.types import Chunk, Record

CANDIDATES = 100
"""Hits of each list that are looked at again."""

LATE = 40
"""Candidates without a vector that are embedded for a question: about a second of work."""

_OTHER_WORDS_LEXICAL = 0.5
_OTHER_WORDS_VECTOR = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """What a search found, best first, and what it was searched with.

    Args:
        similarities: Cosine of chunk ids to the question; empty without an embedder.
        frequencies: In how many of ``total`` chunks each search term occurs.
        embedded: Vectors that had to be made on the spot, by chunk id, for the caller to keep.
        documents: How many documents there are; ``looked_in`` of them were searched.
        reasons: Why those: "named: apple"; empty when all were searched alike.
    """

    hits: tuple[Hit, ...]
    terms: tuple[str, ...]
    frequencies: dict[str, int]
    total: int
    similarities: dict[str, float]
    embedded: dict[str, Vectors]
    documents: int = 0
    looked_in: int = 0
    reasons: tuple[str, ...] = ()


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
        within: Ids of the documents to look in; None lets the question tell.
    """
    from concurrent.futures import ThreadPoolExecutor

    from docsense.language import query_terms

    documents = store.documents()
    records = [r for r in documents.values() if r.status == "ready"]
    languages = sorted({record.document.language for record in records})
    terms = tuple(query_terms(question, languages=languages))
    with span("resolve", documents=len(records)):
        resolution = resolve(question, records) if within is None else Resolution(lifts={})
    chosen = resolution.within if within is None else within
    other = other_words(question)
    rest = [t for t in query_terms(other, languages=languages) if t not in terms] if other else []
    first = _First(store=store, depth=max(k, CANDIDATES), within=chosen)
    weights = dict.fromkeys(rest, _OTHER_WORDS_LEXICAL) | dict.fromkeys(terms, 1.0)
    total = sum(record.chunks for record in records)
    similarities: dict[str, float] = {}
    embedded: dict[str, Vectors] = {}
    with ThreadPoolExecutor(1) as beside_us:  # a model loads and embeds while words are looked up
        if embedder is not None and records:
            query = beside_us.submit(_query, embedder, question, other)
        first.words(terms)
        first.words(rest)
        with span("frequencies", terms=len(weights)):
            frequencies = store.frequencies(list(weights))
        if embedder is not None and records:
            similarities, embedded = first.vectors(query.result(), embedder)
    with span("fuse", candidates=len(first.found)):
        chunks = {id: hit.chunk for id, hit in first.found.items()}
        code = {id for id, chunk in chunks.items() if _is_of_code(documents.get(chunk.uri))}
        names = {id: symbol(chunks[id]) for id in code}
        analyzed = store.terms(list(chunks))
        lexical = bm25(analyzed, weights, frequencies=frequencies, total=total, names=names)
    # Another process may have replaced a document since: its passages count as without the words.
    lexical = dict.fromkeys(first.found, 0.0) | lexical
    # A library of many languages has each word under several stems: counted once.
    words = min(len(query_terms(question, languages=[code])) for code in languages or [""])
    scores = beside(fused(lexical, similarities, weight=vector_weight(words)))
    lift = 1.0 if similarities else spread(lexical)
    for id, chunk in chunks.items():
        scores[id] += lift * resolution.lifts.get(chunk.document_id, 0.0)
    scores = with_code_signals(scores, question, chunks=chunks, code=code, unit=lift)
    hits = [Hit(chunk, scores[id]) for id, chunk in chunks.items()]
    hits.sort(key=lambda hit: (-hit.score, hit.chunk.id))
    return Retrieved(
        hits=tuple(hits[:k]),
        terms=terms,
        frequencies={term: frequencies[term] for term in terms},
        total=total,
        similarities=similarities,
        embedded=embedded,
        documents=len(records),
        looked_in=len(records) if chosen is None else len(chosen),
        reasons=resolution.reasons,
    )


def _is_of_code(record: Record | None) -> bool:
    """Tell whether a passage's document is code; one that was removed meanwhile is not."""
    return record is not None and is_code(record.document.kind)


def passage(chunk: Chunk) -> str:
    """Return what is embedded for a chunk: its innermost context, then its text."""
    return f"{chunk.context.rpartition(chr(10))[2]}\n{chunk.text}"


@dataclass(slots=True, kw_only=True)
class _First:
    """The first stage: lists of candidates, gathered in ``found`` by chunk id."""

    store: Store
    depth: int
    within: Collection[str] | None
    found: dict[str, Hit] = field(default_factory=dict)

    def words(self, terms: Sequence[str]) -> None:
        """Add the passages that hold the terms best."""
        if terms:
            with span("words", terms=len(terms)):
                hits = self.store.search_text(terms, k=self.depth, within=self.within)
            for hit in hits:
                self.found.setdefault(hit.chunk.id, hit)

    def vectors(
        self, query: Vectors, embedder: Embedder
    ) -> tuple[dict[str, float], dict[str, Vectors]]:
        """Add the nearest passages; return cosines by chunk id, and what had to be embedded."""
        with span("vectors"):
            hits = self.store.search_vector(query, k=self.depth, within=self.within)
        similarities = {hit.chunk.id: hit.score for hit in hits}
        for hit in hits:
            self.found.setdefault(hit.chunk.id, hit)
        lacking = [id for id in self.found if id not in similarities]
        known = self.store.vectors(lacking)
        late = [id for id in lacking if id not in known]  # best first: as the words found them
        chunks = [self.found[id].chunk for id in late[:LATE]]
        embedded = {}
        if chunks:
            with span("late embedding", chunks=len(chunks)):
                rows = embedder.embed_passages([passage(chunk) for chunk in chunks])
            embedded = {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}
        for id, vector in {**known, **embedded}.items():
            similarities[id] = float(query[0] @ vector)
        return similarities, embedded


def _query(embedder: Embedder, question: str, other: str) -> Vectors:
    """Return the question's vector, moved a little towards other wordings: shape (1, dim)."""
    import numpy as np

    with span("embed question"):
        query = embedder.embed_query(question)
    if not other:
        return query
    moved = query + _OTHER_WORDS_VECTOR * embedder.embed_query(other)
    unit: Vectors = (moved / (np.linalg.norm(moved) or 1.0)).astype(np.float32)
    return unit
