"""Whether a library survives a fault at any write of an ingest, on a real disk.

    python -m benchmarks.faults --faults 500 [--seed 1] [--jobs 1] [--kinds kill,eio]

Each fault: a copy of a library of four documents; an ingest, by the real pipeline in a process of
its own, that changes two of them, adds one and removes one, and to which something happens at its
n-th write; then a fresh process reads every document and searches; then another ingest must reach
the new state exactly, and a check must find nothing. A document counts as

survived      whole, in its old or its new version, and found by the words of that version alone
lost          not there, though the ingest was not to remove it
half-visible  there with any other text
not finished  the next ingest failed, or left another state, or a check found something

kill   kill -9 before, in the middle of, or after a write, a rename, a link, ...
enospc the disk is full from then on (half of the write that meets it still goes in)
eio    one input/output error      eios   nothing but input/output errors from then on
erofs  the disk turns read-only
clock  time jumps by minutes to years, back or forth, and so do the times of files
full   a tmpfs that is really full (needs the right to mount one)
power  the process dies, and its last written files are gone, empty or cut: nothing of it was
       synced. Here documents may be lost: ``repair`` must drop them, whole and by name
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import fault_injection as injection
from benchmarks.fault_disks import full_disk, lose_unsynced, no_mount
from benchmarks.fault_injection import Child, Ended, in_child
from benchmarks.fault_scenario import (
    GONE,
    State,
    checked,
    copy_library,
    ingest,
    repaired,
    state_of,
    write_sources,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KINDS = ("kill", "enospc", "eio", "eios", "erofs", "clock", "full", "power")
_WEIGHTS = (10, 3, 3, 2, 2, 2, 2, 1)
_KILLS = (injection.KILL_BEFORE, injection.KILL_TORN, injection.KILL_AFTER)
_SIMPLE = {
    "enospc": injection.NO_SPACE,
    "eio": injection.IO_ONCE,
    "eios": injection.IO_ERROR,
    "erofs": injection.READ_ONLY,
}
_JUMPS = (-400 * 86400, -86400, -1200, 1200, 86400, 8 * 86400, 400 * 86400)  # seconds
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24,}|\d+-(?=ID)")


@dataclass(slots=True)
class Row:
    """What came of the faults of one kind, in faults; ``lost`` and ``half`` in documents."""

    injected: int = 0
    survived: int = 0
    lost: int = 0
    half: int = 0
    unfinished: int = 0
    reread: int = 0
    leftovers: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, form: Mapping[str, Any]) -> None:
        """Add the row of another share."""
        for name, value in form.items():
            setattr(self, name, getattr(self, name) + type(getattr(self, name))(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One fault: what, at which write, and the seed of its details."""

    kind: str
    at: int
    seed: int


class Bench:
    """A folder with the sources, the template library and what the two states hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.native = injection.Injection()
        self.sources = folder / "sources"
        self.template = folder / "template"
        library = folder / "library-new"
        write_sources(self.sources, second=False)
        _done(in_child(lambda: ingest(self.sources, self.template)))
        write_sources(self.sources, second=True)
        self.old = _done(in_child(lambda: checked(self.template).texts))
        copy_library(self.template, library)

        def count() -> int:
            self.native.arm(library, injection.COUNT, -1)
            ingest(self.sources, library)
            return self.native.calls()

        self.calls: int = _done(in_child(count))
        self.new = _done(in_child(lambda: checked(library).texts))
        shutil.rmtree(library)

    def inject(self, plan: Plan, row: Row) -> None:
        """Let one fault happen and enter into the row what became of the library."""
        library = self.folder / f"library-{plan.seed}"
        try:
            self._inject(plan, row, library)
        finally:
            shutil.rmtree(library, ignore_errors=True)

    def _inject(self, plan: Plan, row: Row, library: Path) -> None:
        draw = random.Random(plan.seed)
        copy_library(self.template, library)
        before = time.time_ns()
        ended = in_child(self._faulty(plan, library, draw))
        if plan.kind == "power":
            lose_unsynced(library, before, draw)
        self._enter(plan, row, library, ended)

    def _enter(self, plan: Plan, row: Row, library: Path, ended: Ended) -> None:
        problems: list[str] = []
        reached = ended.killed or bool(ended.error) or int(ended.value or 0) > plan.at
        row.injected += reached
        if ended.hung:
            problems.append("the ingest hung")
        if ended.error and not ended.killed:
            row.errors[_without_names(ended.error, library)] += 1
            if ended.exit != 5:
                problems.append(f"exit status {ended.exit}: {ended.error}")
        if plan.kind == "power":
            mended = in_child(lambda: repaired(library))
            row.reread += int(mended.value or 0)
            problems += [f"repair: {mended.error}"] if mended.error or mended.hung else []
        problems += self._look(row, library, may_lose=plan.kind == "power")
        problems += self._finish(row, library)
        row.survived += not problems and reached
        row.problems += [f"{plan.kind} at {plan.at} seed {plan.seed}: {p}" for p in problems]

    def _look(self, row: Row, library: Path, *, may_lose: bool) -> list[str]:
        """Read the library in a fresh process; every document is whole, old or new."""
        ended = in_child(lambda: _form(state_of(library)))
        if ended.error or ended.hung:
            return [f"cannot be read: {ended.error or 'hung'}"]
        texts, problems = ended.value["texts"], list(ended.value["problems"])
        for name, text in texts.items():
            if text not in {self.old.get(name), self.new.get(name)}:
                row.half += 1
                problems.append(f"{name}: neither its old nor its new text")
        if not may_lose:
            lost = self.old.keys() - texts.keys() - {GONE}
            row.lost += len(lost)
            problems += [f"{name}: lost" for name in sorted(lost)]
        return problems

    def _finish(self, row: Row, library: Path) -> list[str]:
        """Ingest again without a fault: the new state exactly, and a check finds nothing."""
        again = in_child(lambda: ingest(self.sources, library))
        ended = in_child(lambda: _form(checked(library)))
        problems = [f"next ingest: {again.error or 'hung'}"] if again.error or again.hung else []
        if ended.error or ended.hung:
            problems.append(f"next ingest leaves: {ended.error or 'hung'}")
        else:
            row.leftovers += ended.value["leftovers"]
            problems += [f"after the next ingest: {p}" for p in ended.value["problems"]]
            if ended.value["texts"] != self.new:
                problems.append("the next ingest does not reach the new state")
        row.unfinished += bool(problems)
        return problems

    def _faulty(self, plan: Plan, library: Path, draw: random.Random) -> Callable[[], Any]:
        def run() -> int:
            kind, seconds = _SIMPLE.get(plan.kind, injection.COUNT), 0
            if plan.kind in {"kill", "power"}:
                kind = draw.choice(_KILLS)
            if plan.kind == "clock":
                kind, seconds = injection.CLOCK, draw.choice(_JUMPS)
            if plan.kind == "full":
                with full_disk(library, self.folder, share=plan.at / self.calls) as place:
                    ingest(self.sources, place)
                return self.calls
            self.native.arm(library, kind, plan.at, seconds=seconds)
            ingest(self.sources, library)
            return self.native.calls()

        return run


def main() -> int:
    """Print a row for each kind of fault, the errors seen, and what failed; 1 if anything did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS))
    options = parser.parse_args()
    if reason := injection.why_not():
        print(f"nothing was injected: {reason}")
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        if "LD_PRELOAD" not in os.environ:  # only a process that starts with it has its clock
            preload = {"LD_PRELOAD": str(injection.compiled(folder))}
            command = [sys.executable, "-m", "benchmarks.faults", *sys.argv[1:]]
            return subprocess.run(command, env={**os.environ, **preload}, check=False).returncode
        # Native code that is loaded now is not loaded again in every child.
        import lance.query  # noqa: F401
        import pyarrow.compute  # type: ignore[import-untyped]  # noqa: F401  # pyarrow ships no types

        return _run(Bench(folder), options)


def _run(bench: Bench, options: argparse.Namespace) -> int:
    plans = _plans(bench, options)
    print(
        f"{len(plans)} faults, seed {options.seed}, at {bench.calls} writes of one ingest,"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    began = time.monotonic()
    shares = [Child(partial(_share, bench, plans[n :: options.jobs])) for n in range(options.jobs)]
    rows = {kind: Row() for kind in dict.fromkeys(plan.kind for plan in plans)}
    for child in shares:
        for kind, form in _done(child.wait(seconds=86_400)).items():
            rows[kind].add(form)
    _print(rows, time.monotonic() - began)
    return int(any(row.problems for row in rows.values()))


def _plans(bench: Bench, options: argparse.Namespace) -> list[Plan]:
    """Return the faults: kinds by weight, the writes evenly over the ingest for each kind."""
    kinds = [kind for kind in KINDS if kind in options.kinds.split(",")]
    if "full" in kinds and (reason := no_mount(bench.folder)):
        print(f"full: left out, {reason}")
        kinds.remove("full")
    weights = [_WEIGHTS[KINDS.index(kind)] for kind in kinds]
    draw = random.Random(options.seed)
    plans = []
    for kind, weight in zip(kinds, weights, strict=True):
        n = max(1, round(options.faults * weight / sum(weights)))
        for i in range(n):
            at = int(bench.calls * (i + draw.random()) / n)
            plans.append(Plan(kind=kind, at=at, seed=draw.randrange(2**31)))
    draw.shuffle(plans)
    return plans


def _share(bench: Bench, plans: Sequence[Plan]) -> dict[str, dict[str, Any]]:
    rows = {plan.kind: Row() for plan in plans}
    for number, plan in enumerate(plans, start=1):
        bench.inject(plan, rows[plan.kind])
        if number % 25 == 0:
            print(f"  {number} of {len(plans)}", file=sys.stderr, flush=True)
    return {kind: {f.name: getattr(row, f.name) for f in fields(row)} for kind, row in rows.items()}


def _print(rows: Mapping[str, Row], seconds: float) -> None:
    columns = ("injected", "survived", "lost", "half", "unfinished", "reread", "leftovers")
    print(f"{'kind':8}" + "".join(f"{name:>12}" for name in columns))
    for kind, row in sorted(rows.items(), key=lambda item: KINDS.index(item[0])):
        print(f"{kind:8}" + "".join(f"{getattr(row, name):12,}" for name in columns))
    print(
        f"{'all':8}" + "".join(f"{sum(getattr(r, c) for r in rows.values()):12,}" for c in columns)
    )
    print(f"{seconds:.0f} s; lost and half in documents, the others in faults\n")
    for kind, row in rows.items():
        for line, n in row.errors.most_common(5):
            print(f"{kind:8}{n:4} x {line}")
    for problem in [problem for row in rows.values() for problem in row.problems][:40]:
        print(f"FAILED  {problem}")


def _done(ended: Ended) -> Any:  # noqa: ANN401  # JSON
    """Return the value of a child that must not fail.

    Raises:
        RuntimeError: It did.
    """
    if ended.error or ended.hung:
        raise RuntimeError(ended.error or "a child hung")
    return ended.value


def _form(state: State) -> dict[str, Any]:
    return asdict(state)


def _without_names(line: str, library: Path) -> str:
    """Return an error line without the paths, ids and numbers that are other ones every time."""
    line = line.replace(str(library.parent), "").replace(library.name, "LIBRARY")
    line = _IDS.sub("ID", line)
    return re.sub(r"\d+", "N", line)


if __name__ == "__main__":
    sys.exit(main())
