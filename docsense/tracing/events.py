"""What is recorded: names and numbers of one moment, and their form in a trace.

The form is Google's "Trace Event Format", the array of JSON objects.
"""

from __future__ import annotations

import os
import threading
import time
from math import isfinite
from typing import NamedTuple

_NAME = 200
"""Characters of a file's or model's name that are kept."""


class Event(NamedTuple):
    """Something that took, or happened at, a time; pickles small, for the way between processes.

    Args:
        at: Microseconds of this machine's monotonic clock, the same in all its processes.
        took: Microseconds; -1 for what only happened.
        of: Name of the file or model at hand, "" for none.
    """

    name: str
    at: float
    took: float
    pid: int
    tid: int
    of: str
    numbers: tuple[tuple[str, float], ...]


def of_this_thread(name: str, at: float, took: float, of: str, numbers: dict[str, float]) -> Event:
    """Return what this thread tells.

    Args:
        numbers: Checked here, so that no text comes into a trace by mistake.

    Raises:
        TypeError: A value is no number.
    """
    for key, value in numbers.items():
        if not isinstance(value, (int, float)):  # True and numpy's float64 are
            raise TypeError(f"span {name!r}: {key} is {type(value).__name__}, not a number")
    of = " ".join(of.split())[-_NAME:]
    ids = os.getpid(), threading.get_native_id()
    return Event(name, at, took, *ids, of, tuple(numbers.items()))


def form(event: Event) -> dict[str, object]:
    """Return an event as a trace has it: "X" took time, "i" only happened."""
    timing: dict[str, object] = {"ph": "X", "dur": round(event.took, 1)}
    if event.took < 0:
        timing = {"ph": "i", "s": "t"}
    args: dict[str, object] = {k: v if isfinite(v) else None for k, v in event.numbers}
    if event.of:
        args["of"] = event.of
    where = {"ts": round(event.at, 1), "pid": event.pid, "tid": event.tid}
    return {"name": event.name, "cat": "docsense", **timing, **where, "args": args}


def metadata(what: str, pid: int, tid: int, name: str) -> dict[str, object]:
    """Return what names a process, or a thread of one: "process_name", "thread_name"."""
    return {"name": what, "ph": "M", "pid": pid, "tid": tid, "args": {"name": name}}


def now() -> float:
    """Return microseconds of the monotonic clock."""
    return time.perf_counter_ns() / 1000
