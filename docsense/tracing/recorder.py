"""Events on their way to a file, which is whole JSON after every write to it."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from docsense.tracing.events import form, metadata, now

if TYPE_CHECKING:
    from docsense.tracing.events import Event

_FLUSH_EVENTS = 500
_FLUSH_SECONDS = 1.0
_OPEN, _CLOSE = "[\n", "\n]\n"


class Recorder:
    """Events on their way to a file, or to another process when there is none."""

    def __init__(self, file: IO[bytes] | None, *, process: str) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._written = now()
        self._end = 0
        self._threads: dict[tuple[int, int], str] = {}
        self._processes: set[int] = set()
        self.failure = ""
        """Why the file is not complete, "" while it is."""
        if file is not None:
            self._append([])
            self.name_process(os.getpid(), process)

    def take(self, event: Event) -> None:
        """Keep an event, and write all when they are many or a second has passed."""
        with self._lock:
            if self.failure:  # nobody will ask for it any more
                return
            self._waiting.append(event)
            self._name_thread(event)
            if self._file is not None and (
                len(self._waiting) >= _FLUSH_EVENTS or now() - self._written > _FLUSH_SECONDS * 1e6
            ):
                self._flush()

    def drain(self) -> list[Event]:
        """Return the events that have not been written, and forget them."""
        with self._lock:
            events, self._waiting = self._waiting, []
        return events

    def name_process(self, pid: int, name: str) -> None:
        """Say what a process is called; the first name stays."""
        with self._lock:
            if pid not in self._processes:
                self._processes.add(pid)
                self._append([metadata("process_name", pid, 0, name)])

    def close(self) -> None:
        """Write what is left."""
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
            self._append([metadata("thread_name", event.pid, event.tid, name)])

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._append([form(event) for event in waiting])

    def _append(self, forms: list[dict[str, object]]) -> None:
        """Write over the closing bracket and put it back, in one write: always whole JSON."""
        if self._file is None:
            return
        self._written = now()
        text = ",\n".join(json.dumps(one) for one in forms)
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
