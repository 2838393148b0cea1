"""One writer a library at a time, by a lock that the operating system frees with its process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docsense.errors import IndexStateError, LibraryBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docsense.index import Library


@contextmanager
def locked(library: Library, *, timeout: float = 10.0) -> Iterator[None]:
    """Hold the library's write lock; the operating system frees it if this process dies.

    Raises:
        LibraryBusyError: Another process writes for longer than ``timeout`` seconds.
        IndexStateError: The disk refuses.
    """
    from filelock import FileLock, Timeout

    try:
        library.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(library.path / "write.lock")
        lock.acquire(timeout=timeout)
    except Timeout as error:
        raise LibraryBusyError(
            f"{library.name}: another process is writing to it", hint="try again when it is done"
        ) from error
    except OSError as error:
        raise IndexStateError(
            f"{library.path}: cannot be written: {error.strerror or error}",
            hint="free space or permit writing there, or set DOCSENSE_HOME to another folder",
        ) from error
    try:
        yield
    finally:
        lock.release()
