from __future__ import annotations

from docsense.stores.lance_recent import Analyzed, Recent
from tests.stores.samples import entry_of

CHUNKS = {c.id: c for c in entry_of("a.md", *(f"text {i} " for i in range(5))).chunks}


def test_a_chunk_is_read_once_and_unknown_ids_are_left_out():
    recent, read = Recent(), []

    def reader(ids):
        read.append(list(ids))
        return [Analyzed(CHUNKS[id], id) for id in ids if id in CHUNKS]

    first, second, *_ = CHUNKS
    recent.chunks([first, "none"], reader)
    found = recent.chunks([first, second], reader)

    assert found == {id: Analyzed(CHUNKS[id], id) for id in (first, second)}
    assert read == [[first, "none"], [second]]


def test_a_cleared_memory_reads_and_counts_again():
    recent, counted = Recent(), []

    def count(term):
        counted.append(term)
        return len(counted)

    assert [recent.frequency("red", count) for _ in range(2)] == [1, 1]
    recent.clear()

    assert recent.frequency("red", count) == 2


def test_the_oldest_go_and_one_answer_is_whole_however_large():
    recent, read = Recent(chunks=2), []

    def reader(ids):
        read.extend(ids)
        return [Analyzed(CHUNKS[id], id) for id in ids]

    assert list(recent.chunks(CHUNKS, reader)) == list(CHUNKS)
    read.clear()
    recent.chunks(CHUNKS, reader)

    assert read == list(CHUNKS)[:3]
