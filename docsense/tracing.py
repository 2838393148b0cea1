"""Where the time of a command went, as Chrome trace events: names and numbers, never texts.

``span`` costs a few hundred nanoseconds while nothing records. A trace opens in ui.perfetto.dev and
chrome://tracing; its form is Google's "Trace Event Format", the array of JSON objects.
"""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import contextmanager, suppress
from math import isfinite
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol

from docsense.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

_FLUSH_EVENTS = 500
_FLUSH_SECONDS = 1.0
_NAME = 200
"""Characters of a file's or model's name that are kept."""
_OPEN, _CLOSE = "[\n", "\n]\n"


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


class Span(Protocol):
    """What ``with span(...) as it`` gives."""

    def add(self, **numbers: float) -> None:
        """Note numbers that are known only now."""
        ...

    def __enter__(self) -> Span: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def span(name: str, of: str = "", **numbers: float) -> Span:
    """Measure what happens inside ``with``; without a recording, do nothing.

    Args:
        name: Of the stage, fixed in the program.
        of: Name of a file or model, at most 200 characters are kept; never text or a question.
        numbers: Counts, bytes, tokens: anything but a number is refused while recording.

    Raises:
        TypeError: A value is no number.
    """
    if _recorder is None:
        return _IDLE
    return _Timed(_recorder, name, of, numbers)


def mark(name: str, **numbers: float) -> None:
    """Note that something happened now, such as the first token of an answer."""
    if _recorder is not None:
        _recorder.take(_event(name, _now(), -1.0, "", numbers))


def enabled() -> bool:
    """Tell whether spans are recorded."""
    return _recorder is not None


@contextmanager
def recording(path: Path, *, process: str) -> Iterator[None]:
    """Record to a file until the end; the file is whole JSON after every write to it.

    An error while writing ends the recording, not the work; ``failure`` then tells it.

    Raises:
        ConfigError: The file cannot be written.
    """
    recorder = start(path, process=process)
    try:
        yield
    finally:
        stop(recorder)


def start(path: Path, *, process: str) -> Recorder:
    """Begin to record to a file; ``recording`` with the end in another place.

    Raises:
        ConfigError: The file cannot be written.
    """
    global _recorder
    try:
        file = path.open("wb", buffering=0)  # closed by ``stop``
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written: {error.strerror or error}", hint="trace to another file"
        ) from error
    _recorder = Recorder(file, process=process)
    return _recorder


def stop(recorder: Recorder) -> None:
    """Write what is left and record no more."""
    global _recorder
    if _recorder is recorder:
        _recorder = None
    recorder.close()


def collect() -> None:
    """Keep events in memory, in a process whose parent records; ``drain`` takes them."""
    global _recorder
    _recorder = Recorder(None, process="")


def drain() -> list[Event]:
    """Return the events collected since the last time; none without ``collect``."""
    return _recorder.drain() if _recorder is not None else []


def adopt(events: Sequence[Event], *, process: str) -> None:
    """Record the events of another process of this machine under its name."""
    if _recorder is not None and events:
        _recorder.name_process(events[0].pid, process)
        for event in events:
            _recorder.take(event)


class Recorder:
    """Events on their way to a file, or to another process when there is none."""

    def __init__(self, file: IO[bytes] | None, *, process: str) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._written = _now()
        self._end = 0
        self._threads: dict[tuple[int, int], str] = {}
        self._processes: set[int] = set()
        self.failure = ""
        """Why the file is not complete, "" while it is."""
        if file is not None:
            self._append([])
            self.name_process(os.getpid(), process)

    def take(self, event: Event) -> None:
        with self._lock:
            self._waiting.append(event)
            self._name_thread(event)
            if self._file is not None and (
                len(self._waiting) >= _FLUSH_EVENTS or _now() - self._written > _FLUSH_SECONDS * 1e6
            ):
                self._flush()

    def drain(self) -> list[Event]:
        with self._lock:
            events, self._waiting = self._waiting, []
        return events

    def name_process(self, pid: int, name: str) -> None:
        with self._lock:
            if pid not in self._processes:
                self._processes.add(pid)
                self._append([_metadata("process_name", pid, 0, name)])

    def close(self) -> None:
        with self._lock:
            self._flush()
            if self._file is not None:
                self._file.close()
                self._file = None

    def _name_thread(self, event: Event) -> None:
        if self._file is None or event.pid != os.getpid():
            return
        name = threading.current_thread().name
        if self._threads.get((event.pid, event.tid)) != name:  # an id may come back
            self._threads[(event.pid, event.tid)] = name
            self._append([_metadata("thread_name", event.pid, event.tid, name)])

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._append([_form(event) for event in waiting])

    def _append(self, forms: list[dict[str, object]]) -> None:
        """Write over the closing bracket and put it back, in one write: always whole JSON."""
        if self._file is None:
            return
        self._written = _now()
        text = ",\n".join(json.dumps(form) for form in forms)
        start = max(0, self._end - len(_CLOSE))
        lead = ",\n" if start > len(_OPEN) else ""
        try:
            _write(self._file, start, (_OPEN * (not self._end) + lead * bool(text) + text + _CLOSE))
            self._end = self._file.tell()
        except OSError as error:
            self.failure = error.strerror or str(error)
            file, self._file = self._file, None
            with suppress(OSError):
                file.truncate(self._end)
                _write(file, start, _CLOSE)  # where it was: takes no room
            file.close()


def _write(file: IO[bytes], at: int, text: str) -> None:
    file.seek(at)
    rest = memoryview(text.encode())
    while rest:  # an unbuffered write may take a part
        rest = rest[file.write(rest) :]


class _Idle:
    """A span while nothing records."""

    __slots__ = ()

    def add(self, **numbers: float) -> None:
        pass

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *ended: object) -> None:
        pass


class _Timed:
    __slots__ = ("_name", "_numbers", "_of", "_recorder", "_started")

    def __init__(self, recorder: Recorder, name: str, of: str, numbers: dict[str, float]) -> None:
        self._recorder = recorder
        self._name = name
        self._of = of
        self._numbers = numbers
        self._started = 0.0

    def add(self, **numbers: float) -> None:
        self._numbers |= numbers

    def __enter__(self) -> Span:
        self._started = _now()
        return self

    def __exit__(self, *ended: object) -> None:
        took = _now() - self._started
        self._recorder.take(_event(self._name, self._started, took, self._of, self._numbers))


def _event(name: str, at: float, took: float, of: str, numbers: dict[str, float]) -> Event:
    for key, value in numbers.items():
        if not isinstance(value, (int, float)):  # True and numpy's float64 are
            raise TypeError(f"span {name!r}: {key} is {type(value).__name__}, not a number")
    of = " ".join(of.split())[-_NAME:]
    ids = os.getpid(), threading.get_native_id()
    return Event(name, at, took, *ids, of, tuple(numbers.items()))


def _form(event: Event) -> dict[str, object]:
    timing: dict[str, object] = {"ph": "X", "dur": round(event.took, 1)}
    if event.took < 0:
        timing = {"ph": "i", "s": "t"}
    args: dict[str, object] = {k: v if isfinite(v) else None for k, v in event.numbers}
    if event.of:
        args["of"] = event.of
    where = {"ts": round(event.at, 1), "pid": event.pid, "tid": event.tid}
    return {"name": event.name, "cat": "docsense", **timing, **where, "args": args}


def _metadata(what: str, pid: int, tid: int, name: str) -> dict[str, object]:
    return {"name": what, "ph": "M", "pid": pid, "tid": tid, "args": {"name": name}}


def _now() -> float:
    return time.perf_counter_ns() / 1000


_IDLE = _Idle()
_recorder: Recorder | None = None
