from __future__ import annotations

import pytest

from docsense.stores.memory import MemoryStore
from docsense.stores.scoped import ScopedStore
from tests.stores.samples import entry_of, unit


@pytest.fixture
def whole():
    store = MemoryStore()
    store.put([entry_of("a.md", "one ", "two"), entry_of("b.md", "one ", "three")])
    for uri in store.documents():
        for n, chunk in enumerate(store.chunks(uri)):
            store.put_vectors([chunk.id], unit(1, n)[None])
    return store


def view(whole, *names):
    records = whole.documents().values()
    return ScopedStore(whole, {r.document.id for r in records if r.document.name in names})


def reads(store):
    uris = ["/lib/a.md", "/lib/b.md", "/lib/none"]
    ids = [c.id for uri in uris for c in store.chunks(uri)]
    return {
        "documents": store.documents(),
        "chunks": [list(store.chunks(uri)) for uri in uris],
        "texts": list(store.texts(uris)),
        "counts": store.counts(uris),
        "words": store.search_text(["one"], k=9),
        "vectors": store.search_vector(unit(1, 0)[None], k=9),
        "candidates": store.candidates([["one"]], k=9, vector=lambda: unit(1, 0)[None]),
        "bare": list(store.without_vectors()),
        "kept": sorted(store.vectors(ids)),
        "frequencies": store.frequencies(["one"]),
    }


def test_a_view_of_everything_reads_as_the_store_itself(whole):
    assert reads(view(whole, "a.md", "b.md")) == reads(whole)


def test_nothing_is_read_of_a_document_that_was_not_chosen(whole):
    seen = reads(view(whole, "a.md"))

    assert list(seen["documents"]) == ["/lib/a.md"]
    assert seen["chunks"][1] == []
    assert [uri for uri, _ in seen["texts"]] == ["/lib/a.md"]
    assert list(seen["counts"]) == ["/lib/a.md"]
    assert {h.chunk.uri for h in seen["words"] + seen["vectors"]} == {"/lib/a.md"}
    other = [chunk.id for chunk in whole.chunks("/lib/b.md")]
    assert {chunk.uri for chunk in seen["candidates"].chunks.values()} == {"/lib/a.md"}
    assert view(whole, "a.md").vectors(other) == {}


def test_a_search_within_a_view_stays_in_both(whole):
    b = next(iter(view(whole, "b.md").ids))

    assert view(whole, "a.md").search_text(["one"], k=9, within={b}) == []


def test_how_rare_a_word_is_is_told_of_the_whole_store(whole):
    assert view(whole, "a.md").frequencies(["one"]) == {"one": 2}


def test_writes_go_to_the_whole_store(whole):
    view(whole, "a.md").remove(["/lib/b.md"])

    assert list(whole.documents()) == ["/lib/a.md"]
