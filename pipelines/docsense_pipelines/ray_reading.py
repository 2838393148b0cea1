"""Reading and embedding on a Ray cluster: what ``ingest`` takes as ``reader`` and ``embedding``.

The one module that knows Ray; ``ray_tasks`` is what it runs. A task reads a batch of files through
``workers.read_all``, so limits of time and memory hold as they do here, and counts their tokens;
the driver alone writes. When a task's worker dies, its files are tried again one by one, by Ray,
and one that kills its worker each time becomes a ``Failure``.
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import signal
import socket
import sys
import tempfile
import threading
import warnings
from collections import deque
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from docsense.errors import ConfigError, DocsenseError, MissingExtraError, SourceError
from docsense_pipelines.ray_tasks import (
    Missing,
    children_keep_their_status,
    embed_batch,
    read_batch,
)
from docsense_pipelines.reading import CHUNKER, Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import ray

    from docsense.embedders import Embedder, Vectors
    from docsense.tokens import TokenCounter
    from docsense_pipelines.ingest import Embedding, Reader, ReadLimits
    from docsense_pipelines.reading import Job
    from docsense_pipelines.workers import Outcome

_log = logging.getLogger(__name__)

_BATCH_BYTES = 4 * 1024**2
_BATCH_FILES = 64
_OBJECT_BYTES = 512 * 1024**2
_PROBE_SECONDS = 5.0
_EMBEDDER_CPUS = 8  # an embedder keeps this many busy by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster that this process is connected to.

    Args:
        cpus: Of all machines.
        machine_cpus: Of the smallest machine.
        retries: How often what killed its worker is tried again.
    """

    cpus: int
    machine_cpus: int
    retries: int = 3

    def reader(self, limits: ReadLimits, counter: Callable[[], TokenCounter]) -> Reader:
        """Return a reader whose files are read in tasks; each must lie at its path on all machines.

        Args:
            limits: ``workers`` is how many tasks run at a time; 0 means one per CPU.
            counter: Makes the token counter; called once a process, so it must pickle.
        """

        def read(jobs: Sequence[Job]) -> Iterator[Outcome]:
            tasks = min(limits.workers or self.cpus, self.cpus)
            how = limits, pickle.dumps(counter), CHUNKER
            return _read(jobs, how, tasks=tasks, retries=self.retries)

        return read

    def embedding(self, embedder: Callable[[], Embedder | None], *, name: str) -> Embedding:
        """Return what embeds batches in tasks, in order.

        Args:
            embedder: Makes the embedder; called once a process, so it must pickle.
            name: The embedder's name here; another on a machine is refused.
        """
        cpus = min(self.machine_cpus, _EMBEDDER_CPUS)
        make = pickle.dumps(embedder)

        def embed(batches: Iterable[list[str]]) -> Iterator[Vectors]:
            task = _task(embed_batch, cpus=cpus, retries=self.retries)
            return _embed((task, make, name), batches, tasks=max(1, self.cpus // cpus))

        return embed


@contextmanager
def ray_cluster(address: str, *, workers: int = 0) -> Iterator[Cluster]:
    """Connect to a cluster and leave it again; tasks still running are cancelled.

    Args:
        address: "local" starts one of this machine for as long as it is needed; "auto" is one that
            runs here; "HOST:PORT" and "ray://HOST:PORT" are others. Where the process is connected
            already, that connection is used and kept.
        workers: CPUs of a local cluster; 0 takes all.

    Raises:
        MissingExtraError: Ray is not installed.
        ConfigError: No cluster answers there, or it runs another version of Ray or Python.
    """
    # Before the import, which reads them: nothing is sent to anyone, no warning of accelerators.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("ray", extra="ray", purpose="to read on a cluster") from error
    if ray.is_initialized():
        children_keep_their_status()
        yield _described()
        return
    with _own_sigterm():
        folder = _connect(address, workers)
    try:
        children_keep_their_status()
        with redirect_stdout(cast("TextIO", _Stdout(sys.stdout))):
            yield _described()
    finally:
        ray.shutdown()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _own_sigterm() -> Iterator[None]:
    """Keep what this process does on SIGTERM: Ray puts its own there, and leaves it."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


class _Stdout:
    """Standard output without Ray's own words: a thread of its prints there, told not to or not."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if threading.current_thread().name == "ray_listen_error_messages":
            _log.info("%s", text.strip())
            return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def _connect(address: str, workers: int) -> str | None:
    """Connect; return the folder to remove at the end, of a cluster made for this job."""
    import ray
    from ray.exceptions import RayError

    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    folder = None
    if address == "local":
        folder = tempfile.mkdtemp(prefix="ds-ray-", dir="/tmp" if Path("/tmp").is_dir() else None)
        options |= {
            "num_cpus": workers or os.cpu_count() or 1,
            "include_dashboard": False,
            "object_store_memory": _OBJECT_BYTES,
            "_temp_dir": folder,
            # With a killed worker die the processes that read for it.
            "_system_config": {"kill_child_processes_on_worker_exit_with_raylet_subreaper": True},
        }
    else:
        _probe(address)
    try:
        with warnings.catch_warnings():
            # Ray forks to start its own programs at once, which use nothing of lance.
            warnings.filterwarnings("ignore", "lance is not fork-safe")
            ray.init(address=address, **options)
    except (OSError, RuntimeError, ValueError, RayError) as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        reason = str(error).strip().partition("\n")[0][:200]
        raise ConfigError(
            f"Ray at {address}: {reason}", hint="start one with: ray start --head, or use local"
        ) from error
    return folder


def _probe(address: str) -> None:
    """Refuse at once what nobody answers at; Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address == "auto":
        return
    if not host or not port.isdigit():
        raise ConfigError(
            f"--ray {address!r}: no address", hint="use local, auto, HOST:PORT or ray://HOST:PORT"
        )
    try:
        socket.create_connection((host, int(port)), timeout=_PROBE_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"Ray at {address}: cannot be reached: {error}",
            hint="start one with: ray start --head, or use local",
        ) from error


def _described() -> Cluster:
    import ray

    nodes = ray.nodes()  # type: ignore[no-untyped-call]  # Ray left it bare
    machines = [int(node["Resources"].get("CPU", 0)) for node in nodes if node["Alive"]]
    able = [cpus for cpus in machines if cpus > 0]
    if not able:
        raise ConfigError("Ray: the cluster has no CPUs", hint="add a machine with CPUs")
    return Cluster(cpus=sum(able), machine_cpus=min(able))


def _read(
    jobs: Sequence[Job], how: tuple[ReadLimits, bytes, str], *, tasks: int, retries: int
) -> Iterator[Outcome]:
    import ray

    together, alone = _task(read_batch, retries=0), _task(read_batch, retries=retries)
    waiting = deque(_batches(jobs, tasks))
    running: dict[ray.ObjectRef[Any], list[Job]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < tasks + 1:  # one more, so that none has to wait
                batch = waiting.popleft()
                task = alone if len(batch) == 1 else together
                running[task.remote(batch, *how)] = batch
            (done,), _ = ray.wait(list(running), num_returns=1)
            batch = running.pop(done)
            outcomes = _result(done)
            if outcomes is not None:
                yield from map(_present, outcomes)
            elif len(batch) > 1:
                waiting.extendleft([job] for job in reversed(batch))
            else:
                yield Failure(batch[0], _fatal(batch[0], times=retries + 1))
    finally:
        for ref in running:
            ray.cancel(ref, force=True)


def _task(work: Callable[..., object], *, retries: int, cpus: int = 1) -> Any:  # noqa: ANN401  # Ray's
    import ray

    return ray.remote(num_cpus=cpus, max_retries=retries, scheduling_strategy="SPREAD")(work)


def _batches(jobs: Sequence[Job], tasks: int) -> Iterator[list[Job]]:
    """Yield batches that cost a task more than its start, and leave several for every task."""
    share = sum(job.size for job in jobs) // (4 * tasks)
    room = min(_BATCH_BYTES, max(share, _BATCH_BYTES // 64))
    batch: list[Job] = []
    size = 0
    for job in jobs:
        if batch and (size + job.size > room or len(batch) == _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(job)
        size += job.size
    if batch:
        yield batch


def _result(ref: ray.ObjectRef[Any]) -> Any:  # noqa: ANN401  # what a task returns
    """Return what a task returned, or None if its worker died each time it was run.

    Raises:
        DocsenseError: What the task raised.
    """
    import ray
    from ray import exceptions

    died = (
        exceptions.WorkerCrashedError,
        exceptions.OutOfMemoryError,
        exceptions.NodeDiedError,
        exceptions.ObjectLostError,
    )
    try:
        return ray.get(ref)
    except died:
        return None
    except exceptions.RayTaskError as error:
        if isinstance(error.cause, DocsenseError):
            raise error.cause from None
        if "failed to import" in str(error):
            raise ConfigError(
                "Ray: a machine of the cluster has no docsense, or another version of it",
                hint="install the same docsense on every machine",
            ) from error
        raise


def _present(outcome: Outcome | Missing) -> Outcome:
    """Stop where a machine lacks a file that is here; one that is gone everywhere is a failure."""
    if not isinstance(outcome, Missing):
        return outcome
    job, machine = outcome
    if Path(job.path).exists():
        raise SourceError(
            f"{job.path}: not on machine {machine} of the cluster",
            hint="mount the sources at the same path on every machine",
        )
    return Failure(job, SourceError(f"{job.name}: cannot be read: no such file any more"))


def _fatal(job: Job, *, times: int) -> SourceError:
    often = "once" if times == 1 else f"{times} times"
    return SourceError(f"{job.name}: its Ray worker died {often}", hint="leave this file out")


def _embed(
    how: tuple[Any, bytes, str], batches: Iterable[list[str]], *, tasks: int
) -> Iterator[Vectors]:
    import ray

    task, make, name = how
    running: deque[ray.ObjectRef[Any]] = deque()
    try:
        for batch in batches:
            running.append(task.remote(batch, make, name))
            if len(running) > tasks:
                yield _vectors(running.popleft())
        while running:
            yield _vectors(running.popleft())
    finally:
        for ref in running:
            ray.cancel(ref, force=True)


def _vectors(ref: ray.ObjectRef[Any]) -> Vectors:
    vectors: Vectors | None = _result(ref)
    if vectors is None:
        raise ConfigError(
            "Ray: workers died time and again while computing vectors",
            hint="give the machines more memory, or ingest with --index lexical",
        )
    return vectors
