"""A pool of reading processes in which one hostile file costs one worker, never the ingest.

Each worker is a fresh interpreter driven by a thread. A file that takes too long, too much memory,
or crashes the reader becomes a ``Failure``; its worker is replaced and the next file goes on.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from docsense.errors import LimitExceededError, SourceError
from docsense_pipelines.reading import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docsense.types import Entry
    from docsense_pipelines.reading import Job, Unchanged

    Outcome = Entry | Unchanged | Failure


def read_all(
    jobs: Iterable[Job], *, workers: int, timeout: float, memory: int
) -> Iterator[Outcome]:
    """Yield the outcome of every job as it comes, not in order.

    Args:
        timeout: Seconds that one file may take.
        memory: Bytes of address space of one worker (not enforced on Windows).
    """
    source = _Shared(jobs)
    outcomes: queue.Queue[Outcome | BaseException | None] = queue.Queue(maxsize=2 * workers)
    readers = [_Reader(timeout=timeout, memory=memory) for _ in range(workers)]
    threads = [
        threading.Thread(target=_drive, args=(reader, source, outcomes), daemon=True)
        for reader in readers
    ]
    for thread in threads:
        thread.start()
    running = len(threads)
    try:
        while running:
            outcome = outcomes.get()
            if outcome is None:
                running -= 1
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                yield outcome
    finally:
        source.stop()
        for reader, thread in zip(readers, threads, strict=True):
            _end(reader, thread, outcomes)


def _end(reader: _Reader, thread: threading.Thread, outcomes: queue.Queue[Any]) -> None:
    """Wait for a thread, killing what it works on and taking what it still has to say."""
    while thread.is_alive():
        reader.kill()
        with suppress(queue.Empty):
            outcomes.get(timeout=0.02)


def _drive(reader: _Reader, source: _Shared, outcomes: queue.Queue[object]) -> None:
    try:
        while (job := source.next()) is not None:
            outcomes.put(reader.read(job))
    except BaseException as error:  # re-raised in the consuming thread
        outcomes.put(error)
    finally:
        reader.close()
        outcomes.put(None)


class _Shared:
    """An iterator of jobs that several threads draw from."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = iter(jobs)
        self._lock = threading.Lock()
        self._stopped = False

    def next(self) -> Job | None:
        with self._lock:
            return None if self._stopped else next(self._jobs, None)

    def stop(self) -> None:
        self._stopped = True


class _Reader:
    """One worker process, started at its first job and again after each death."""

    def __init__(self, *, timeout: float, memory: int) -> None:
        self._timeout = timeout
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._late = False

    def read(self, job: Job) -> Outcome:
        process = self._process or self._start()
        self._late = False
        timer = threading.Timer(self._timeout, self._expire, args=(process,))
        timer.start()
        try:
            return _exchange(process, job)
        except (EOFError, OSError, pickle.UnpicklingError):
            return Failure(job, self._death(process, job))
        finally:
            timer.cancel()

    def kill(self) -> None:
        """End the worker from another thread; its own thread cleans up."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):  # it died with our last bytes unread
                        pipe.close()
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "docsense_pipelines.worker", str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        return self._process

    def _expire(self, process: subprocess.Popen[bytes]) -> None:
        self._late = True
        process.kill()

    def _death(self, process: subprocess.Popen[bytes], job: Job) -> SourceError:
        code = process.wait()
        last = self._last_line()
        self.close()
        if self._late:
            return LimitExceededError(
                f"{job.name}: took longer than {self._timeout:g} s to read",
                hint="raise DOCSENSE_TIMEOUT (seconds)",
            )
        how = signal.Signals(-code).name if code < 0 else (last or f"exit status {code}")
        return SourceError(
            f"{job.name}: the reader crashed on it ({how})", hint="leave this file out"
        )

    def _last_line(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def _exchange(process: subprocess.Popen[bytes], job: Job) -> Outcome:
    assert process.stdin is not None and process.stdout is not None
    payload = pickle.dumps(job)
    process.stdin.write(struct.pack("<Q", len(payload)) + payload)
    process.stdin.flush()
    header = process.stdout.read(8)
    if len(header) < 8:
        raise EOFError
    outcome: Outcome = pickle.loads(process.stdout.read(struct.unpack("<Q", header)[0]))
    return outcome
