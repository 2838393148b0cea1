"""A LanceDB database on disk, read and written through pylance, the engine inside LanceDB.

Why pylance: it imports in a fifth of the time of lancedb, and each opens and indexes the other's
tables (tested), so a cold search pays 0.2 s instead of 1.2 s and the database stays a LanceDB one.

A put appends the chunks, then replaces the documents' rows in one commit, then deletes the chunks
of earlier versions. Only chunks of the current write of a current document count, so a crash at
any point leaves what was there; what it left behind goes with the next put or ``optimize``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense.errors import IndexStateError
from docsense.stores import lance_schema as forms
from docsense.stores.checks import latest, same_version, without_text
from docsense.stores.lance_again import again
from docsense.stores.lance_current import KEYS, Current, Version, split_id
from docsense.stores.lance_errors import VersionGoneError
from docsense.stores.lance_reading import counts_of, texts_of
from docsense.stores.lance_recent import Recent
from docsense.stores.lance_schema import CHUNK_COLUMNS, Embedding
from docsense.stores.lance_search import Moment
from docsense.stores.lance_sums import seal
from docsense.stores.lance_table import Table, quoted
from docsense.tracing import span
from docsense.types import SCHEMA, Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

    from docsense.embedders import Vectors
    from docsense.stores import Candidates, Counted
    from docsense.types import Chunk, Entry, Record

_BLOCK = 4096


class LanceStore:
    """Documents, chunks and vectors in a folder; use it from one thread, and lock before writing.

    The folder may be a URL, ``s3://bucket/prefix``.

    Tables: ``documents`` (a row per record), ``chunks`` (with the terms), ``vectors`` (apart, so
    that filling them in later rewrites nothing). Nothing is written before the first put.

    Args:
        embedder_name: Empty takes the vectors of any embedder; so does ``dim`` 0.
        create: False refuses a folder without a database.

    Raises:
        IndexStateError: Another version or embedder made it, it is damaged, or the disk refuses;
            so for every method.
    """

    def __init__(
        self, path: Path | str, *, embedder_name: str = "", dim: int = 0, create: bool = True
    ) -> None:
        self._path = str(path)
        self._embedding = Embedding(embedder_name, dim)
        self._documents = self._table("documents", forms.document_schema(), uri="BTREE")
        self._chunks = self._table(
            "chunks", forms.chunk_schema(), terms="INVERTED", id="BTREE", document_id="BTREE"
        )
        self._vectors = self._vector_table(self._embedding)
        self._seen = -1
        self._recorded = -1
        self._recent = Recent()
        with span("open"):  # imports Lance, the first time
            self._look()
        self._check()
        if not create and not self._documents.exists:
            raise IndexStateError(
                f"{path}: no library there", hint="make it with: docsense ingest PATH"
            )

    @again
    def documents(self) -> dict[str, Record]:
        """Return every record by uri, in order of uri."""
        self._look()
        if self._recorded != self._documents.version:
            self._records = forms.records_of(self._documents.read(self._documents.schema.names))
            self._recorded = self._documents.version
        return dict(self._records)

    def put(self, entries: Sequence[Entry]) -> None:
        """Add or replace documents; each becomes visible whole or not at all."""
        entries = latest(entries)
        if not entries:
            return
        self._look()
        self._chunks.create()
        write = self._chunks.version + 1  # rises even when a put dies, so it is never used twice
        if any(entry.chunks for entry in entries):
            with span("append"):
                self._chunks.append(forms.chunk_rows(entries, write))
            with span("index"):
                self._chunks.index_new("terms")
        records = [without_text(entry.record) for entry in entries]
        self._documents.upsert(forms.document_rows(records, [write] * len(records)), on="uri")
        self._sweep()

    def update(self, records: Sequence[Record]) -> None:
        """Replace the records of documents whose chunks stay as they are."""
        current = self._look()
        kept = {}
        for record in records:
            uri = record.document.uri
            if uri in current.by_uri:
                kept[uri] = same_version(record, current.by_uri[uri].document_id)
        if kept:
            writes = [current.by_uri[uri].write for uri in kept]
            self._documents.upsert(forms.document_rows(list(kept.values()), writes), on="uri")

    def remove(self, uris: Collection[str]) -> None:
        """Forget documents, their chunks and vectors; unknown uris are ignored."""
        known = self._look().by_uri.keys() & set(uris)
        if known:
            self._documents.delete(f"uri IN {quoted(sorted(known))}")
            self._sweep()

    def chunks(self, uri: str, *, start: int = 0, stop: int | None = None) -> Iterator[Chunk]:
        """Yield a document's chunks of positions ``[start, stop)`` in order."""
        version = self._look().by_uri.get(uri)
        if version is None:
            return
        table = self._chunks.frozen()
        end = version.chunks if stop is None else min(stop, version.chunks)
        for first in range(max(0, start), end, _BLOCK):
            where = (
                f"document_id = '{version.document_id}' AND write = {version.write}"
                f" AND position >= {first} AND position < {min(end, first + _BLOCK)}"
            )
            try:
                rows = table.read(CHUNK_COLUMNS, where)
            except VersionGoneError:
                if self._look().by_uri.get(uri) != version:
                    raise  # what was yielded is of a version that is no more
                table = self._chunks.frozen()
                rows = table.read(CHUNK_COLUMNS, where)
            yield from sorted(forms.chunks_of(rows), key=lambda chunk: chunk.position)

    def texts(self, uris: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield (uri, whole text) in the order given; unknown uris are passed over."""

        def look() -> tuple[Table, Current]:
            current = self._look()
            return self._chunks.frozen(), current

        return texts_of(look, uris)

    @again
    def counts(self, uris: Sequence[str]) -> dict[str, tuple[Counted, ...]]:
        """Return the ends and token counts of the chunks of documents, in order of position."""
        current = self._look()
        return counts_of(self._chunks, current, uris)

    @again
    def search_text(
        self, terms: Sequence[str], *, k: int, within: Collection[str] | None = None
    ) -> list[Hit]:
        """Return up to ``k`` hits by BM25 over analyzed terms, best first, ties by chunk id."""
        found = self._now().words(terms, k=k, within=within)
        return [Hit(hit.item.chunk, hit.score) for hit in found]

    @again
    def frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """Return how many chunks hold each term; the keys are the distinct terms, in order."""
        return self._now().frequencies(terms)

    @again
    def search_vector(
        self, vector: Vectors, *, k: int, within: Collection[str] | None = None
    ) -> list[Hit]:
        """Return up to ``k`` hits for a (1, dim) query by cosine similarity, best first."""
        now = self._now()
        self._check_embedder(Embedding("", vector.shape[1]))
        found = now.nearest(vector, k=k, within=within)
        return [Hit(hit.item.chunk, hit.score) for hit in found]

    @again
    def candidates(
        self,
        queries: Sequence[Sequence[str]],
        *,
        k: int,
        within: Collection[str] | None = None,
        vector: Callable[[], Vectors] | None = None,
    ) -> Candidates:
        """Return the up to ``k`` best passages for each list of terms and for a vector, together.

        Args:
            vector: Returns the (1, dim) query; called from another thread as well.
        """

        def checked() -> Vectors:
            assert vector is not None
            query = vector()
            self._check_embedder(Embedding("", query.shape[1]))
            return query

        return self._now().candidates(
            queries, k=k, within=within, vector=checked if vector is not None else None
        )

    def without_vectors(self) -> Iterator[Chunk]:
        """Yield the chunks that have no vector yet, in order of uri and position."""
        current = self._look()
        table = self._chunks.frozen()
        have = set(current.kept(self._vectors.read(("id", *KEYS)))["id"].to_pylist())
        for ids in current.lacking(have, block=_BLOCK):
            ranks = {id: rank for rank, id in enumerate(ids)}
            rows = table.read((*CHUNK_COLUMNS, "write"), f"document_id IN {quoted(ids)}")
            chunks = forms.chunks_of(current.kept(rows))
            chunks.sort(key=lambda chunk: (ranks[chunk.document_id], chunk.position))
            yield from (chunk for chunk in chunks if chunk.id not in have)

    def put_vectors(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add the vectors of chunks; a chunk keeps its first, unknown ids are ignored."""
        known = self.vectors(ids)
        current = self._look()
        rows: dict[str, int] = {}
        for (row, _), id in zip(enumerate(vectors), ids, strict=True):
            if current.has(id) and id not in known:
                rows.setdefault(id, row)
        if not rows:
            return
        schema = self._vector_schema(vectors.shape[1])
        writes = [current.by_id[split_id(id)[0]].write for id in rows]
        new = vectors[list(rows.values())]
        self._vectors.append(forms.vector_rows(list(rows), new, writes=writes, schema=schema))

    @again
    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors that are stored among ``ids``, each of shape (dim,)."""
        return self._now().vectors_of(ids)

    def optimize(self, *, fully: bool = False) -> None:
        """Bring the indexes up to date and drop what no document needs any more.

        Args:
            fully: Also join the few small files that a quick upkeep leaves.
        """
        self._look()
        self._sweep()
        for table in (self._chunks, self._vectors, self._documents):
            if table.exists:
                table.optimize(fully=fully)
        if "://" not in self._path:
            seal(self._path)

    def _table(self, name: str, schema: pa.Schema, **indexes: str) -> Table:
        return Table(self._path, name, schema=schema, indexes=indexes)

    def _vector_table(self, embedding: Embedding) -> Table:
        """The vectors are the one table whose schema depends on who opens it."""
        schema = forms.vector_schema(embedding)
        return self._table("vectors", schema, id="BTREE", document_id="BTREE")

    @again
    def _look(self) -> Current:
        """Move all tables to one moment: the documents of it have their chunks in the others."""
        version = -1
        while version != (version := self._documents.refresh()):
            self._chunks.refresh()
            self._vectors.refresh()
        if version != self._seen:
            self._current = Current(self._documents.read(("uri", *Version._fields)))
            self._seen = version
            self._recent.clear()
        return self._current

    def _now(self) -> Moment:
        current = self._look()
        return Moment(self._chunks, self._vectors, current, self._recent)

    def _check(self) -> None:
        """Refuse tables of another form, and vectors of another embedder."""
        for table in (self._documents, self._chunks, self._vectors):
            version = table.metadata.get(b"docsense.schema", b"").decode()
            if table.exists and version != str(SCHEMA):
                raise IndexStateError(
                    f"{self._path}: made by another version (schema {version or 'unknown'}, this"
                    f" is {SCHEMA})",
                    hint="ingest the sources again into a new library",
                )
        self._check_embedder(self._embedding)
        if self._documents.exists and not self._chunks.exists:
            raise IndexStateError(
                f"{self._path}: damaged, the table of chunks is missing",
                hint=f"repair it with: docsense library check {self._path} --repair",
            )

    def _check_embedder(self, embedding: Embedding) -> None:
        made = Embedding.of(self._vectors.metadata)
        if self._vectors.rows and not made.fits(embedding):
            raise IndexStateError(
                f"{self._path}: its vectors are of {made}, not of {embedding}",
                hint="give the --embedder it was made with, or none to search by words alone",
            )

    def _vector_schema(self, dim: int) -> pa.Schema:
        """Return the schema of the vectors, making their table anew if it has none of this kind."""
        wanted = Embedding(self._embedding.name, dim)
        if not wanted.fits(self._embedding):
            raise ValueError(f"vectors of {dim} numbers, but the store is for {self._embedding}")
        self._check_embedder(wanted)
        made = Embedding.of(self._vectors.metadata)
        if not self._vectors.rows and made != wanted:
            self._vectors = self._vector_table(wanted)
            self._vectors.refresh()
            self._vectors.overwrite()
            return self._vectors.schema
        return forms.vector_schema(made)

    def _sweep(self) -> None:
        """Delete the chunks and vectors that no current document has."""
        current = self._look()
        for table in (self._chunks, self._vectors):
            if (
                table.exists
                and (table is self._vectors or table.rows != current.chunks)
                and (where := current.stale(table))
            ):
                table.delete(where)
