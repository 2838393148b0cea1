"""One sample of a run: taken from what is kept, or solved and scored.

What is kept goes by the hash of all that made it: the case, its sources, the engine, the code.
"""

from __future__ import annotations

import inspect
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docsense.errors import DocsenseError, EngineUnavailableError
from docsense_evals.batch import PendingError
from docsense_evals.bench import Bench, CaseTimeoutError
from docsense_evals.cache import Cache
from docsense_evals.fingerprint import code_digest, digest
from docsense_evals.libraries import Libraries
from docsense_evals.log import Sample
from docsense_evals.output import Output, from_form

if TYPE_CHECKING:
    from docsense_evals.case import Case
    from docsense_evals.lanes import Lane
    from docsense_evals.setting import Setting
    from docsense_evals.task import Task


class Trial(NamedTuple):
    """A case of a task in one way; it makes one sample."""

    task: Task
    case: Case
    variant: str


class Sampler:
    """Computes samples, from kept outputs where there are some; several threads may share it."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._libraries = Libraries(
            setting.home / "libraries", embedder=setting.embedder, limits=setting.limits
        )
        self._cache = Cache(setting.home / "kept")
        self._engine = (setting.engine.name, setting.engine.window) if setting.engine else ()

    def sample(self, trial: Trial, lane: Lane) -> Sample | None:
        """Return the finished sample, None when its engine put a prompt off."""
        task, case, variant = trial
        output, error, reused, kept = Output(), "", True, ""
        bench = self._bench(trial)
        try:
            kept = self._key(trial)
            found = None if self._setting.again else self._cache.get(kept)
            if found is None:
                reused = False
                output = self._solved(trial, lane)
                self._cache.put(kept, output.to_form())
            else:
                output = from_form(found)
            scores = self._scored(trial, output, kept, lane)
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

    def _solved(self, trial: Trial, lane: Lane) -> Output:
        """Return a new output, tried again after a timeout or when the engine was away."""
        for left in range(trial.task.retries, -1, -1):
            bench = self._bench(trial)
            if trial.case.sources:  # building a library may take minutes: not the case's time
                lane.call(bench.opened, seconds=0, stop=bench.stop)
            try:
                return self._timed(trial, bench, lane)
            except (CaseTimeoutError, EngineUnavailableError):
                if not left:
                    raise
        raise AssertionError("range ends at 0, and then the error is raised")

    def _timed(self, trial: Trial, bench: Bench, lane: Lane) -> Output:
        started = time.perf_counter()
        try:
            output = lane.call(
                lambda: trial.task.solve(trial.case, bench),
                seconds=trial.task.timeout, stop=bench.stop,
            )  # fmt: skip
        except TimeoutError as error:
            raise CaseTimeoutError(
                f"no result within {trial.task.timeout:g} seconds",
                hint="raise timeout in the suite",
            ) from error
        return replace(output, seconds=output.seconds or time.perf_counter() - started)

    def _scored(self, trial: Trial, output: Output, kept: str, lane: Lane) -> dict[str, float]:
        task, setting = trial.task, self._setting
        judge = setting.judge or setting.engine if "judge" in task.metrics else None
        key = digest(
            kept, trial.case.digest, sorted((n, _origin(m)) for n, m in task.metrics.items()),
            code_digest("docsense_evals", "docsense"), judge.name if judge else "",
            str(setting.price), setting.serving.hour_price, setting.serving.gpus,
        )  # fmt: skip
        found = None if setting.again else self._cache.get(key)
        if found is None:
            bench = self._bench(trial)
            found = lane.call(
                lambda: _all(task, trial.case, output, bench), seconds=0, stop=bench.stop
            )
            self._cache.put(key, found)
        return {name: float(value) for name, value in found.items()}

    def _key(self, trial: Trial) -> str:
        ceilings = sorted((name, str(c)) for name, c in self._setting.serving.ceilings.items())
        sources = self._libraries.key(trial.case.sources) if trial.case.sources else ""
        return digest(
            trial.task.identity, trial.case.question, trial.case.digest, sources, trial.variant,
            self._engine, self._setting.seed, ceilings, self._libraries.name,
        )  # fmt: skip

    def _bench(self, trial: Trial) -> Bench:
        setting = self._setting
        return Bench(
            case=trial.case, libraries=self._libraries, engine=setting.engine,
            variant=trial.variant, serving=setting.serving, judge=setting.judge,
            price=setting.price, seed=setting.seed,
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
    return found


def _origin(metric: object) -> str:
    """Return what identifies a metric's code: the hash of its file."""
    path = inspect.getsourcefile(metric)  # type: ignore[arg-type]  # a function or a class
    return digest(Path(path).read_text(encoding="utf-8")) if path else repr(metric)
