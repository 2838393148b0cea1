"""One Lance dataset: open, read, search, append, replace, delete; its errors are translated here.

Lance says everything in OSError, RuntimeError and ValueError, with the system's error number in the
text; what it says becomes one IndexStateError with a hint.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docsense.stores.lance_errors import gone, state_error
from docsense.stores.lance_written import Written
from docsense.stores.s3_access import is_remote, storage_options

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import lance
    import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

    from docsense.embedders import Vectors

_MAX_SEGMENTS = 8
_MAX_SMALL_FRAGMENTS = 16
_FRAGMENT_ROWS = 65_536
_MAX_DELETED = 0.1  # of the rows; until they go, BM25 counts them
_INDEXED_ROWS = 50_000  # below it, comparing with every vector takes tens of milliseconds
_PARTITION_ROWS = 1000
_PROBES = 16
_REFINE = 1  # hits of the 8-bit codes are compared again in full precision: recall .988 to .998
KEEP_VERSIONS = timedelta(minutes=15)  # a reader of an old version may still be at work

ROW_ID = "_rowid"
"""Lance's name for the number of a row, which it keeps within a version."""

_WORDS = {  # we analyze ourselves: a term is what stands between two spaces, as it is
    "base_tokenizer": "whitespace",
    "lower_case": False,
    "stem": False,
    "remove_stop_words": False,
    "ascii_folding": False,
    "max_token_length": None,
    "with_position": False,
}


class Table:
    """A dataset that may not exist yet: then it reads as empty, and ``append`` makes it.

    Args:
        indexes: Kind by column: "INVERTED" for terms, "BTREE" for keys.
    """

    def __init__(
        self, folder: str, name: str, *, schema: pa.Schema, indexes: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.uri = f"{folder}/{name}.lance"
        self.schema = schema
        self._indexes = indexes
        self._options = storage_options(folder)
        self._written = Written(Path(self.uri))
        self._dataset: lance.LanceDataset | None = None

    @property
    def metadata(self) -> dict[bytes, bytes]:
        """What the schema on disk says about itself; empty when there is no table."""
        return dict(self._dataset.schema.metadata or {}) if self._dataset is not None else {}

    @property
    def exists(self) -> bool:
        return self._dataset is not None

    @property
    def version(self) -> int:
        """The version that reads see; rises with every commit, 0 without a table."""
        return self._dataset.version if self._dataset is not None else 0

    @property
    def rows(self) -> int:
        with self._translated("read"):
            return self._dataset.count_rows() if self._dataset is not None else 0

    def indexed(self) -> list[tuple[str, str, int]]:
        """Return column, kind and indexed rows of each index, in order of the columns."""
        with self._translated("read"):
            there = self._dataset.describe_indices() if self._dataset is not None else []
            return sorted(
                (name, index.index_type, index.num_rows_indexed)
                for index in there
                for name in index.field_names
            )

    def refresh(self) -> int:
        """Move to the latest version and return its number."""
        with self._translated("read"):
            if self._dataset is not None:
                _to_latest(self._dataset)
            else:
                self._dataset = self._open()
        return self.version

    def frozen(self) -> Table:
        """Return a view of this version that later writes and refreshes leave alone."""
        view = Table(self.folder, "", schema=self.schema, indexes=self._indexes)
        view.uri = self.uri
        with self._translated("read"):
            view._dataset = self._open(self.version) if self.exists else None
        if self.exists and not view.exists:  # else it would read as empty
            raise gone(self.folder)
        return view

    def read(self, columns: Sequence[str], where: str | None = None) -> pa.Table:
        """Return rows, in no particular order."""
        if self._dataset is None:
            return self._none(columns)
        with self._translated("read"):
            return self._dataset.to_table(columns=list(columns), filter=where)

    def take(self, rows: Sequence[int], columns: Sequence[str]) -> pa.Table:
        """Return the rows of these ids, with their ids, in no particular order."""
        columns = (*columns, ROW_ID)
        if not rows:
            return self._none(columns)
        return self.read(columns, f"{ROW_ID} IN ({', '.join(map(str, rows))})")

    def match(
        self, terms: Sequence[str], columns: Sequence[str], *, limit: int | None, where: str | None
    ) -> pa.Table:
        """Return the rows that hold any of the terms with their BM25 ``_score``, best first."""
        from lance.query import MatchQuery

        query = MatchQuery(" ".join(terms), "terms")
        return self._search(columns, "_score", where, {"full_text_query": query, "limit": limit})

    def nearest(
        self,
        vector: Vectors,
        columns: Sequence[str],
        *,
        limit: int,
        where: str | None,
        exact: bool = False,
    ) -> pa.Table:
        """Return the rows whose unit vectors are nearest, by 1 - cosine in ``_distance``.

        Args:
            exact: Compare with every row that ``where`` lets through, also if there is an index.
        """
        query = {"column": "vector", "q": vector.reshape(-1), "k": limit, "metric": "dot"}
        if exact:
            query["use_index"] = False
        else:  # without an index these mean nothing
            query |= {"nprobes": _PROBES, "refine_factor": _REFINE}
        return self._search(columns, "_distance", where, {"nearest": query})

    def append(self, rows: pa.Table) -> None:
        """Add rows in one commit, making the table with its indexes first if need be."""
        import lance

        self.create()
        with self._writing():
            self._dataset = lance.write_dataset(
                rows, self._dataset, mode="append", storage_options=self._options
            )

    def create(self) -> None:
        """Make the table, empty, if there is none, and the indexes that it lacks."""
        import lance

        with self._writing():
            if self._dataset is None:
                self._dataset = lance.write_dataset(
                    self.schema.empty_table(), self.uri, storage_options=self._options
                )
            there = {
                name for index in self._dataset.describe_indices() for name in index.field_names
            }
            for column, kind in self._indexes.items():
                if column not in there:  # made on an empty table, it tells later searches the rules
                    options: dict[str, Any] = _WORDS if kind == "INVERTED" else {}
                    self._dataset.create_scalar_index(column, kind, **options)  # type: ignore[arg-type]  # a plain str

    def overwrite(self) -> None:
        """Replace a table by an empty one of this schema."""
        import lance

        with self._writing():
            if self._dataset is not None:
                self._dataset = lance.write_dataset(
                    self.schema.empty_table(),
                    self._dataset,
                    mode="overwrite",
                    storage_options=self._options,
                )
        self.create()

    def upsert(self, rows: pa.Table, *, on: str) -> None:
        """Add rows, or replace those of equal ``on``, in one commit."""
        self.create()
        assert self._dataset is not None
        with self._writing():
            merge = self._dataset.merge_insert(on)
            merge.when_matched_update_all().when_not_matched_insert_all().execute(rows)
            _to_latest(self._dataset)

    def delete(self, where: str) -> None:
        with self._writing():
            if self._dataset is not None:
                self._dataset.delete(where)
                _to_latest(self._dataset)

    def index_new(self, column: str) -> None:
        """Index the rows added since, as a segment of its own: rows left out score otherwise."""
        with self._writing():
            if self._dataset is not None:
                self._dataset.optimize.optimize_indices(
                    num_indices_to_merge=0, index_names=[f"{column}_idx"]
                )
                _to_latest(self._dataset)

    def optimize(self, *, fully: bool = False) -> None:
        """Bring the indexes up to date, join what has become many, drop old versions.

        Args:
            fully: Join also what is few: one segment an index, no deleted rows left.
        """
        self.create()
        assert self._dataset is not None
        most_small, most_deleted = (1, 0.0) if fully else (_MAX_SMALL_FRAGMENTS, _MAX_DELETED)
        with self._writing():
            self._index_vectors()
            upkeep = self._dataset.optimize
            segments = max((len(i.segments) for i in self._dataset.describe_indices()), default=0)
            join = fully or segments > _MAX_SEGMENTS
            upkeep.optimize_indices(num_indices_to_merge=segments if join else 0)
            _to_latest(self._dataset)
            stats, rows = self._dataset.stats.dataset_stats(), self._dataset.count_rows()
            if (
                stats["num_fragments"] > rows // _FRAGMENT_ROWS + most_small
                or stats["num_deleted_rows"] > most_deleted * rows
            ):
                upkeep.compact_files(
                    target_rows_per_fragment=_FRAGMENT_ROWS,
                    materialize_deletions_threshold=most_deleted / 2,
                )
            _to_latest(self._dataset)
        with self._translated("written"):  # after the look at the new files: it may need the old
            self._dataset.cleanup_old_versions(older_than=KEEP_VERSIONS)

    def _index_vectors(self) -> None:
        """Make the index of vectors when there are many and it is not there yet.

        IVF with 8-bit scalars: quick to build, and close enough to lose little before the refining.
        Rows added later are compared one by one until the next ``optimize``.
        """
        assert self._dataset is not None
        if "vector" not in self.schema.names:
            return
        rows = self._dataset.count_rows()
        there = {name for index in self._dataset.describe_indices() for name in index.field_names}
        if rows >= _INDEXED_ROWS and "vector" not in there:
            self._dataset = self._dataset.create_index(
                "vector", "IVF_SQ", metric="dot", num_partitions=max(1, rows // _PARTITION_ROWS)
            )

    def _open(self, version: int | None = None) -> lance.LanceDataset | None:
        import lance

        if "://" not in self.folder:  # Lance tries a folder that refuses for two seconds and more
            with suppress(FileNotFoundError):
                os.scandir(self.folder).close()
        try:
            return lance.dataset(self.uri, version=version, storage_options=self._options)
        except ValueError as error:
            if "was not found" in str(error):
                return None
            raise

    def _search(
        self, columns: Sequence[str], rank: str, where: str | None, how: dict[str, Any]
    ) -> pa.Table:
        if self._dataset is None:
            return self._none(columns).append_column(rank, [[]])
        with self._translated("searched"):
            scanner = self._dataset.scanner(
                columns=[*columns, rank],
                filter=where,
                prefilter=where is not None,
                disable_scoring_autoprojection=True,
                **how,
            )
            return scanner.to_table()

    def _none(self, columns: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        return self.schema.append(pa.field(ROW_ID, pa.uint64())).empty_table().select(columns)

    @contextmanager
    def _translated(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (OSError, RuntimeError, ValueError) as error:  # pyarrow's errors are ValueErrors
            if "not found" in str(error).lower() and self._is_old():
                raise gone(self.folder) from error
            raise state_error(self.folder, verb, error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Translate errors, and take back a commit whose files are not whole."""
        if is_remote(self.folder):
            with self._translated("written"):
                yield
            return
        before = self.version
        self._written.look()
        with self._translated("written"):
            try:
                yield
            finally:  # what a failed write left is no commit, and not the next one's either
                cut = self._written.cut()
            if cut:
                self._take_back(before, cut)
                raise OSError(errno.EIO, f"{cut[0].name} was not written whole")

    def _take_back(self, version: int, cut: Sequence[Path]) -> None:
        """Go back to the version before a write; a manifest that is cut never was a version."""
        import lance

        for file in cut:
            if file.suffix == ".manifest":
                file.unlink()
                self._written.forget(file)
        if version == 0:
            shutil.rmtree(self.uri)
            self._dataset = None
            return
        self._dataset = lance.dataset(self.uri, version=version)
        self._dataset.restore()  # type: ignore[no-untyped-call]  # lance leaves it bare

    def _is_old(self) -> bool:
        """Tell whether there is a newer version: then a missing file is no damage."""
        try:
            return self._dataset is not None and self._dataset.latest_version > self.version
        except (OSError, RuntimeError, ValueError):
            return False


def _to_latest(dataset: lance.LanceDataset) -> None:
    dataset.checkout_latest()  # type: ignore[no-untyped-call]  # the one method lance left bare


def quoted(values: Collection[str]) -> str:
    """Return SQL's list of strings: ``('a', 'b')``."""
    return "(" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + ")"
