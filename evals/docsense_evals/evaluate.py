"""Running tasks: every sample once, logged as soon as it is done, gone on with after any end.

A run's name carries the hash of all that makes its results; starting the same again goes on with a
run that did not finish, and makes a new one (from kept outputs) after one that did.
"""

from __future__ import annotations

import inspect
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from docsense.errors import DocsenseError, EngineUnavailableError
from docsense_evals.batch import PendingError
from docsense_evals.bench import Bench, CaseTimeoutError
from docsense_evals.cache import Cache
from docsense_evals.fingerprint import code_digest, digest
from docsense_evals.lanes import Lane, spread
from docsense_evals.libraries import Libraries
from docsense_evals.log import LOG, SCHEMA, LogWriter, Run, Sample, read_run
from docsense_evals.output import Output, from_form
from docsense_pipelines.deciding import Serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from docsense.embedders import Embedder
    from docsense.engines import Engine
    from docsense_evals.bench import Price
    from docsense_evals.case import Case
    from docsense_evals.task import Task
    from docsense_pipelines.ingest import ReadLimits


class Step(NamedTuple):
    """Where a run is: samples done of all in it, and what was finished last."""

    done: int
    total: int
    task: str
    id: str
    errors: int


def silent(step: Step) -> None:
    """Report to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All that a run needs besides its tasks.

    Args:
        home: Folder of runs, kept outputs, libraries and made sources.
        concurrency: Samples at once.
        flush: Completes the prompts that ``engine`` put off, and tells how many there were; None
            leaves such samples for a later run.
        now: When the run begins, ISO 8601, for its log.
        again: Make a new run, and compute every output anew.
    """

    home: Path
    engine: Engine | None = None
    embedder: Embedder | None = None
    serving: Serving = field(default_factory=Serving)
    judge: Engine | None = None
    price: Price | None = None
    limits: ReadLimits | None = None
    seed: int = 0
    concurrency: int = 1
    flush: Callable[[], int] | None = None
    now: str = ""
    again: bool = False
    report: Callable[[Step], None] = silent


def evaluate(
    tasks: Iterable[Task], setting: Setting, *, name: str = "run", notes: Mapping[str, object] = {}
) -> Run:
    """Run tasks and return the log; ``finished`` is False when samples were put off.

    Args:
        name: The run is called by it, its hash and a number.
        notes: For the log's header.

    Raises:
        ConfigError: The folder cannot be written.
        LibraryBusyError: Another process works on the same run.
    """
    chosen = list(tasks)
    runner = _Runner(chosen, setting)
    folder = runner.folder(name)
    with LogWriter(folder) as log:
        known = read_run(folder) if _begun(folder) else None
        if known is None:
            log.write("run", {"schema": SCHEMA, "name": name, **runner.header(), **notes})
        for task in chosen:
            if known is None or task.name not in known.tasks:
                log.write("task", _described(task))
        done = {key for key, s in known.samples.items() if not s.error} if known else set()
        if runner.run(log, done):
            log.write("end", {})
    return read_run(folder)


def _begun(folder: Path) -> bool:
    return (folder / LOG).stat().st_size > 0


def _described(task: Task) -> dict[str, object]:
    return {
        "name": task.name, "cases": len(task.cases), "variants": list(task.variants),
        "headline": task.headline, "metrics": list(task.metrics),
        "identity": {key: str(value) for key, value in task.identity.items()},
    }  # fmt: skip


class _Work(NamedTuple):
    task: Task
    case: Case
    variant: str


class _Runner:
    """Computes samples, from kept outputs where there are some."""

    def __init__(self, tasks: Sequence[Task], setting: Setting) -> None:
        self._tasks = tasks
        self._setting = setting
        self._libraries = Libraries(
            setting.home / "libraries", embedder=setting.embedder, limits=setting.limits
        )
        self._cache = Cache(setting.home / "kept")
        self._lock = Lock()
        self._engine = (setting.engine.name, setting.engine.window) if setting.engine else ()

    def header(self) -> dict[str, object]:
        from importlib.metadata import version

        setting = self._setting
        return {
            "engine": self._engine[0] if self._engine else "extractive",
            "window": self._engine[1] if self._engine else 0,
            "judge": setting.judge.name if setting.judge else "",
            "embedder": self._libraries.name,
            "seed": setting.seed,
            "version": version("docsense"),
            "code": code_digest("docsense", "docsense_pipelines", "docsense_evals")[:16],
            "started": setting.now,
        }

    def folder(self, name: str) -> Path:
        """Return the folder of the run that is gone on with, or of a new one."""
        header = {**self.header(), "started": ""}
        parts = [(t.name, [(c.digest, c.sources) for c in t.cases], t.variants, list(t.metrics),
                  t.identity) for t in self._tasks]  # fmt: skip
        runs = self._setting.home / "runs"
        stem = f"{name}-{digest(header, parts)[:8]}"
        number = 1
        while (runs / f"{stem}-{number}" / LOG).is_file():
            last = runs / f"{stem}-{number}"
            if not _begun(last):  # killed before its first line
                return last
            if not self._setting.again and not read_run(last).finished:
                return last
            number += 1
        return runs / f"{stem}-{number}"

    def run(self, log: LogWriter, done: set[tuple[str, str, str]]) -> bool:
        """Do all that is not done; tell whether nothing was put off."""
        waiting = [
            _Work(task, case, variant)
            for task in self._tasks for variant in task.variants for case in task.cases
            if (task.name, variant, case.id) not in done
        ]  # fmt: skip
        counts = {"done": len(done), "errors": 0}
        total = len(done) + len(waiting)
        while waiting:
            put_off: list[_Work] = []

            def one(work: _Work, lane: Lane, put_off: list[_Work] = put_off) -> None:
                sample = self._sample(work, lane)
                with self._lock:
                    if sample is None:
                        put_off.append(work)
                        return
                    counts["done"] += 1
                    counts["errors"] += bool(sample.error)
                log.write("sample", asdict(sample))
                self._setting.report(
                    Step(counts["done"], total, sample.task, sample.id, counts["errors"])
                )

            spread(waiting, one, lanes=self._setting.concurrency)
            waiting = sorted(put_off, key=lambda w: (w.task.name, w.variant, w.case.id))
            if waiting and (self._setting.flush is None or not self._setting.flush()):
                return False
        return True

    def _sample(self, work: _Work, lane: Lane) -> Sample | None:
        """Return the finished sample, None when its engine put a prompt off."""
        task, case, variant = work
        output, error, reused, kept = Output(), "", True, ""
        bench = self._bench(work)
        try:
            kept = self._key(work)
            found = None if self._setting.again else self._cache.get(kept)
            if found is None:
                reused = False
                output = self._solved(work, lane)
                self._cache.put(kept, output.to_form())
            else:
                output = from_form(found)
            scores = self._scored(work, output, kept, lane)
        except PendingError:
            return None
        except DocsenseError as failed:
            output, reused, kept = Output(), False, ""
            error = f"{failed.message}{f' ({failed.hint})' if failed.hint else ''}"
            scores = _of_nothing(task, case, bench)
        return Sample(
            task=task.name, id=case.id, variant=variant, question=case.question,
            target=case.answers[0] if case.answers else "", slices=case.slices, scores=scores,
            text=output.text, mode=output.mode, abstained=output.abstained, error=error,
            reused=reused, output=kept,
        )  # fmt: skip

    def _solved(self, work: _Work, lane: Lane) -> Output:
        """Return a new output, tried again after a timeout or when the engine was away."""
        for left in range(work.task.retries, -1, -1):
            bench = self._bench(work)
            if work.case.sources:  # building a library may take minutes: not the case's time
                lane.call(bench.opened, seconds=0, stop=bench.stop)
            try:
                return self._timed(work, bench, lane)
            except (CaseTimeoutError, EngineUnavailableError):
                if not left:
                    raise
        raise AssertionError("range ends at 0, and then the error is raised")

    def _timed(self, work: _Work, bench: Bench, lane: Lane) -> Output:
        started = time.perf_counter()
        try:
            output = lane.call(
                lambda: work.task.solve(work.case, bench),
                seconds=work.task.timeout, stop=bench.stop,
            )  # fmt: skip
        except TimeoutError as error:
            raise CaseTimeoutError(
                f"no result within {work.task.timeout:g} seconds", hint="raise timeout in the suite"
            ) from error
        return replace(output, seconds=output.seconds or time.perf_counter() - started)

    def _scored(self, work: _Work, output: Output, kept: str, lane: Lane) -> dict[str, float]:
        task, setting = work.task, self._setting
        judge = setting.judge or setting.engine if "judge" in task.metrics else None
        key = digest(
            kept, work.case.digest, sorted((n, _origin(m)) for n, m in task.metrics.items()),
            code_digest("docsense_evals", "docsense"), judge.name if judge else "",
            str(setting.price), setting.serving.hour_price, setting.serving.gpus,
        )  # fmt: skip
        found = None if setting.again else self._cache.get(key)
        if found is None:
            bench = self._bench(work)
            found = lane.call(
                lambda: _all(task, work.case, output, bench), seconds=0, stop=bench.stop
            )
            self._cache.put(key, found)
        return {name: float(value) for name, value in found.items()}

    def _key(self, work: _Work) -> str:
        ceilings = sorted((name, str(c)) for name, c in self._setting.serving.ceilings.items())
        sources = self._libraries.key(work.case.sources) if work.case.sources else ""
        return digest(
            work.task.identity, work.case.question, work.case.digest, sources, work.variant,
            self._engine, self._setting.seed, ceilings, self._libraries.name,
        )  # fmt: skip

    def _bench(self, work: _Work) -> Bench:
        setting = self._setting
        return Bench(
            case=work.case, libraries=self._libraries, engine=setting.engine, variant=work.variant,
            serving=setting.serving, judge=setting.judge, price=setting.price, seed=setting.seed,
        )  # fmt: skip


def _all(task: Task, case: Case, output: Output, bench: Bench) -> dict[str, float]:
    scores: dict[str, float] = {}
    for metric in task.metrics.values():
        scores.update(metric(case, output, bench))
    return scores


def _of_nothing(task: Task, case: Case, bench: Bench) -> dict[str, float]:
    """Return the scores of an empty output: a failure is no missing value but a wrong answer."""
    found: dict[str, float] = {}
    for name, metric in task.metrics.items():
        if name not in ("spent", "judge"):
            found.update(metric(case, Output(), bench))
    return dict(found)


def _origin(metric: object) -> str:
    """Return where a metric's code stands and its hash."""
    path = inspect.getsourcefile(metric)  # type: ignore[arg-type]  # a function or a class
    return digest(Path(path).read_text(encoding="utf-8")) if path else repr(metric)
