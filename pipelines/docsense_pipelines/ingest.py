"""Bringing a library up to date with its sources: read what is new, forget what is gone.

Durable in steps: a document becomes visible when all its chunks are stored, batch by batch, so an
interrupted ingest leaves a usable library and the next one finishes the job.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from docsense.errors import EmptySourceError
from docsense.loaders.decoding import printable
from docsense.loaders.walk import Found, Skipped, walk
from docsense.plugins import loader_for
from docsense.retrieval import passage
from docsense.tracing import span
from docsense.types import Document, Entry, Record
from docsense_pipelines.ingest_report import IngestReport, Trouble
from docsense_pipelines.locking import locked
from docsense_pipelines.progress import Progress, silent
from docsense_pipelines.reading import Failure, Job, Unchanged, fingerprint, loader_version
from docsense_pipelines.workers import read_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docsense.embedders import Embedder, Vectors
    from docsense.index import Library
    from docsense.stores import Store
    from docsense.tokens import TokenCounter
    from docsense_pipelines.progress import Report
    from docsense_pipelines.workers import Outcome

    Reader = Callable[[Sequence[Job]], Iterator[Outcome]]
    """Yields the outcome of every job in any order, with the tokens of its chunks counted."""

    Embedding = Callable[[Iterable[list[str]]], Iterator[Vectors]]
    """Yields the vectors of each batch of passages, in the order of the batches."""

_BATCH_CHUNKS = 2000
_EMBED_CHUNKS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """How files are read: processes, seconds a file, bytes of address space a process."""

    workers: int = 0
    timeout: float = 120.0
    memory: int = 4 * 1024**3


def ingest(
    roots: Sequence[Path],
    *,
    library: Library,
    store: Store,
    counter: TokenCounter,
    embedder: Embedder | None = None,
    password: str | None = None,
    force: bool = False,
    limits: ReadLimits | None = None,
    reader: Reader | None = None,
    embedding: Embedding | None = None,
    patience: float = 10.0,
    now: str = "",
    report: Report = silent,
) -> IngestReport:
    """Read what changed under ``roots``, drop what is gone there, and fill in missing vectors.

    Args:
        embedder: None leaves the vectors for later; lexical search works without them.
        force: Read every file again, also those that did not change or failed before.
        reader: Reads and counts elsewhere than in worker processes here, ``limits`` and ``counter``
            being its own.
        embedding: Embeds elsewhere, as ``embedder`` would.
        patience: Seconds to wait for another process that writes to the library.
        now: When this happens, ISO 8601, stored with every document read.

    Raises:
        SourceError: A root does not exist.
        LibraryBusyError: Another process still writes to the library.
        IndexStateError: The disk refuses.
    """
    roots = [root.resolve() for root in roots]
    with locked(library, timeout=patience) as check:
        library.with_roots(roots).save()
        done = IngestReport(library=library.name, path=library.place)
        records = store.documents()
        with span("walk") as walked:
            jobs = list(_jobs(roots, records, done, password=password, force=force, report=report))
            walked.add(files=len(jobs), left_out=len(done.skipped))
        _forget(roots, records, store, done, keep={job.uri for job in jobs})
        jobs = [job for job in jobs if not _fresh(job, records, done, password, force)]
        if jobs:
            reader = reader or _here(counter, limits or ReadLimits())
            _read_into(store, jobs, records, done, reader, check, now, report)
            check()
            with span("optimize"):
                store.optimize()
        if embedder is not None:
            done.embedded = fill_vectors(
                store, embedder, embedding=embedding, check=check, report=report
            )
        _count(store.documents(), done)
    if not done.documents and not done.failed:
        raise EmptySourceError(
            f"{', '.join(map(str, roots))}: nothing there that can be read",
            hint="give a PDF, a text or code file, or a folder that holds some",
        )
    return done


def fill_vectors(
    store: Store,
    embedder: Embedder,
    *,
    embedding: Embedding | None = None,
    check: Callable[[], None] | None = None,
    report: Report = silent,
) -> int:
    """Embed the chunks that have no vector, batch by batch; return how many there were.

    Args:
        embedding: Embeds elsewhere, as ``embedder`` would.
        check: Raises when the library may no longer be written; called before each write.
    """
    # Read twice, never held: a library's whole text may not fit beside the model.
    total = sum(1 for _ in store.without_vectors())
    pending, done = store.without_vectors(), 0
    waiting: deque[list[str]] = deque()  # ids of the batches under way

    def batches() -> Iterator[list[str]]:
        while batch := list(islice(pending, _EMBED_CHUNKS)):
            report(Progress("embed", done, total, printable(batch[0].name)))
            waiting.append([chunk.id for chunk in batch])
            yield [passage(chunk) for chunk in batch]

    def embed(passages: list[str]) -> Vectors:
        with span("embed", chunks=len(passages)):
            return embedder.embed_passages(passages)

    embedded = embedding(batches()) if embedding else map(embed, batches())
    for vectors in embedded:
        if check is not None:
            check()
        ids = waiting.popleft()
        store.put_vectors(ids, vectors)
        done += len(ids)
    if done:
        report(Progress("embed", done, total))
        store.optimize()
    return done


def _jobs(
    roots: Sequence[Path],
    records: dict[str, Record],
    done: IngestReport,
    *,
    password: str | None,
    force: bool,
    report: Report,
) -> Iterator[Job]:
    seen = 0
    for found in walk(roots):
        if isinstance(found, Skipped):
            done.skipped.append(Trouble(printable(found.name), found.reason))
            continue
        seen += 1
        if seen % 500 == 1:
            report(Progress("find", seen, 0, printable(found.name)))
        yield _job(found, records.get(found.uri), password=password, force=force)


def _job(found: Found, record: Record | None, *, password: str | None, force: bool) -> Job:
    known = ""
    if (
        record is not None
        and record.status == "ready"
        and not force
        and record.document.name == found.name
    ):
        known = fingerprint(record.document.sha256, record.loader)
    return Job(
        path=str(found.path),
        uri=found.uri,
        name=found.name,
        size=found.size,
        mtime_ns=found.mtime_ns,
        known=known,
        password=password,
    )


def _fresh(
    job: Job, records: dict[str, Record], done: IngestReport, password: str | None, force: bool
) -> bool:
    """Tell whether the quick check (size, time, loader) spares reading; note an old failure."""
    record = records.get(job.uri)
    if record is None or force or (record.size, record.mtime_ns) != (job.size, job.mtime_ns):
        return False
    if record.loader != loader_version(loader_for(Path(job.path))):
        return False
    if record.status == "failed":
        if password is not None:
            return False
        done.failed.append(Trouble(printable(job.name), record.reason, record.hint))
        return True
    if record.document.name != job.name:
        return False
    done.unchanged += 1
    return True


def _forget(
    roots: Sequence[Path],
    records: dict[str, Record],
    store: Store,
    done: IngestReport,
    *,
    keep: set[str],
) -> None:
    gone = [
        uri
        for uri in records
        if uri not in keep and any(Path(uri).is_relative_to(root) for root in roots)
    ]
    if gone:
        with span("remove", documents=len(gone)):
            store.remove(gone)
        done.removed.extend(records[uri].document.name for uri in gone)


def _read_into(
    store: Store,
    jobs: list[Job],
    records: dict[str, Record],
    done: IngestReport,
    reader: Reader,
    check: Callable[[], None],
    now: str,
    report: Report,
) -> None:
    jobs.sort(key=lambda job: (-job.size, job.uri))  # the longest first keeps both cores busy
    total, read = sum(job.size for job in jobs), 0
    report(Progress("read", 0, total, printable(jobs[0].name)))
    batch: list[Entry] = []
    touched: list[Record] = []
    for outcome in reader(jobs):
        if isinstance(outcome, Unchanged):
            job = outcome.job
            touched.append(replace(records[job.uri], size=job.size, mtime_ns=job.mtime_ns))
            done.unchanged += 1
        elif isinstance(outcome, Failure):
            job = outcome.job
            error = outcome.error
            done.failed.append(Trouble(printable(job.name), error.message, error.hint))
            known = records.get(job.uri)
            if known is None or known.status == "failed":  # else the version we hold stays
                batch.append(_failed(outcome, now))
        else:
            document = outcome.record.document
            (done.updated if document.uri in records else done.added).append(document.name)
            name = printable(document.name)
            done.notes.extend(Trouble(name, note) for note in document.notes)
            batch.append(replace(outcome, record=replace(outcome.record, ingested_at=now)))
            read += outcome.record.size
            report(Progress("read", read, total, name))
        if sum(len(entry.chunks) for entry in batch) >= _BATCH_CHUNKS:
            check()
            _put(store, batch)
            batch = []
    if batch:
        report(Progress("index", 0, 0))
        check()
        _put(store, batch)
    store.update(touched)
    for names in (done.added, done.updated):
        names.sort()
    done.failed.sort()


def _put(store: Store, batch: Sequence[Entry]) -> None:
    chunks = sum(len(entry.chunks) for entry in batch)
    with span("put", documents=len(batch), chunks=chunks):
        store.put(batch)


def _here(counter: TokenCounter, limits: ReadLimits) -> Reader:
    """Return a reader in worker processes of this machine; tokens are counted in this one."""

    def read(jobs: Sequence[Job]) -> Iterator[Outcome]:
        workers = min(limits.workers or os.cpu_count() or 1, len(jobs))
        # A tokenizer takes a quarter of a second to load: here, beside the first file's reading.
        Thread(target=counter.count, args=("",), daemon=True).start()
        outcomes = read_all(jobs, workers=workers, timeout=limits.timeout, memory=limits.memory)
        for outcome in outcomes:
            yield counted(outcome, counter) if isinstance(outcome, Entry) else outcome

    return read


def counted(entry: Entry, counter: TokenCounter) -> Entry:
    """Return an entry with the tokens of its chunks and of the whole."""
    with span("count", chunks=len(entry.chunks)):
        counts = counter.count_many([c.text for c in entry.chunks])
    chunks = tuple(replace(c, tokens=n) for c, n in zip(entry.chunks, counts, strict=True))
    record = replace(entry.record, tokens=sum(counts), exact_tokens=counter.exact)
    return replace(entry, record=record, chunks=chunks)


def _failed(outcome: Failure, now: str) -> Entry:
    job = outcome.job
    record = Record(
        document=Document(uri=job.uri, name=job.name, text="", unit="line", starts=(0,)),
        characters=0,
        tokens=0,
        exact_tokens=True,
        chunks=0,
        size=job.size,
        mtime_ns=job.mtime_ns,
        status="failed",
        reason=outcome.error.message,
        hint=outcome.error.hint,
        loader=loader_version(loader_for(Path(job.path))),
        ingested_at=now,
    )
    return Entry(record=record, chunks=(), terms=())


def _count(records: dict[str, Record], done: IngestReport) -> None:
    ready = [record for record in records.values() if record.status == "ready"]
    done.documents = len(ready)
    done.chunks = sum(record.chunks for record in ready)
    done.tokens = sum(record.tokens for record in ready)
    done.exact_tokens = all(record.exact_tokens for record in ready)
