"""Where the time of a command went, as Chrome trace events: names and numbers, never texts.

``span`` costs a few hundred nanoseconds while nothing records. A trace opens in ui.perfetto.dev and
chrome://tracing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from docsense.errors import ConfigError
from docsense.tracing.events import now, of_this_thread
from docsense.tracing.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from docsense.tracing.events import Event


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
        _recorder.take(of_this_thread(name, now(), -1.0, "", numbers))


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
        self._started = now()
        return self

    def __exit__(self, *ended: object) -> None:
        took = now() - self._started
        self._recorder.take(
            of_this_thread(self._name, self._started, took, self._of, self._numbers)
        )


_IDLE = _Idle()
_recorder: Recorder | None = None
