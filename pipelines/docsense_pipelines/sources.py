"""Documents read back whole from a library, and the freshness of what was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docsense.index import is_stale
from docsense.types import Freshness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docsense.stores import Store
    from docsense.types import Document, Record


def whole_documents(store: Store, *, uris: Iterable[str] | None = None) -> Iterator[Document]:
    """Yield documents with their text, joined from their chunks: no file is read again."""
    records = store.documents()
    for uri in sorted(records if uris is None else uris):
        record = records[uri]
        if record.status == "ready":
            yield replace(record.document, text="".join(c.text for c in store.chunks(uri)))


def freshness(records: Iterable[Record]) -> Freshness:
    """Return which of these documents changed or went away since they were read."""
    ready = [record for record in records if record.status == "ready"]
    return Freshness(
        documents=len(ready),
        stale=tuple(record.document.name for record in ready if is_stale(record)),
        ingested_at=max((record.ingested_at for record in ready), default=""),
    )


def hidden_notes(records: Iterable[Record]) -> tuple[str, ...]:
    """Return what was noted of text in these documents that their readers do not see."""
    return tuple(
        dict.fromkeys(
            f"{record.document.name}: {note}"
            for record in records
            for note in record.document.notes
            if "hidden text" in note
        )
    )
