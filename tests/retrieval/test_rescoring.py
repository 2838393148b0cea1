from __future__ import annotations

import pytest

from docsense.retrieval.rescoring import bm25
from docsense.stores.memory import MemoryStore
from tests.stores.samples import entry_of


def test_every_candidate_scores_as_the_store_scores_it():
    # The stored terms are those of context and text, as ingest analyzes them.
    texts = ("red fox red fox", "red hen", "blue hen")
    entry = entry_of("a.md", *texts, terms=[f"md ein a {text}" for text in texts])
    store = MemoryStore()
    store.put([entry])
    hits = store.search_text(["red", "hen"], k=9)
    scores = bm25(
        entry.chunks,
        {"red": 1.0, "hen": 1.0},
        frequencies=store.frequencies(["red", "hen"]),
        total=3,
        languages={entry.record.document.id: "en"},
    )

    assert sorted(scores, key=lambda id: -scores[id]) == [hit.chunk.id for hit in hits]
    assert scores == pytest.approx({hit.chunk.id: hit.score for hit in hits}, rel=0.15)


def test_a_term_that_weighs_half_adds_half():
    entry = entry_of("a.md", "red fox")

    def score(weight):
        found = bm25(entry.chunks, {"red": weight}, frequencies={"red": 1}, total=3, languages={})
        return found[entry.chunks[0].id]

    assert score(0.5) == pytest.approx(score(1.0) / 2)
    assert score(1.0) > 0
