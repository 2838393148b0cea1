"""Forked children that fail where they are told to: compiling, arming, waiting.

The parent imports everything and starts no thread, so a child is ready at once; what Lance starts,
it starts in the child. ``faults.c`` says how the faults get in.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docsense.errors import DocsenseError

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = Path(__file__).with_name("faults.c")
COUNT, KILL_BEFORE, KILL_TORN, KILL_AFTER, NO_SPACE, IO_ONCE, IO_ERROR, READ_ONLY, CLOCK = range(9)
"""What happens at the n-th write; the numbers are those of ``enum kind`` in ``faults.c``."""

_SECONDS = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended: what it returned, or its error line and exit status, or its signal."""

    value: Any = None
    error: str = ""
    exit: int = 0
    killed: bool = False
    hung: bool = False


def why_not() -> str:
    """Return why no fault can be injected on this machine, "" if it can."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return "the injection is written for Linux on x86-64"
    return "" if shutil.which("gcc") or shutil.which("cc") else "there is no C compiler"


def compiled(folder: Path) -> Path:
    """Compile the injection with the system's compiler and return the shared library.

    Raises:
        CalledProcessError: The compiler refuses.
    """
    target = folder / "faults.so"
    compiler = shutil.which("gcc") or shutil.which("cc") or "cc"
    command = [compiler, "-O2", "-Wall", "-shared", "-fPIC", "-o", str(target), str(SOURCE)]
    subprocess.run(command, check=True)
    return target


class Injection:
    """The preloaded library: it must be in LD_PRELOAD when the process starts."""

    def __init__(self) -> None:
        library = os.environ["LD_PRELOAD"]
        self._native = ctypes.CDLL(library)
        self._native.fault_calls.restype = ctypes.c_long
        arguments = [ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_long]
        self._native.fault_arm.argtypes = arguments

    def arm(self, folder: Path, kind: int, at: int, *, seconds: int = 0) -> None:
        """Let ``kind`` happen in this process at its write number ``at`` below the folder."""
        refused = self._native.fault_arm(os.fsencode(folder), kind, at, seconds)
        if refused:
            raise OSError(refused, os.strerror(refused))

    def calls(self) -> int:
        """Return how many writes below the folder there were so far."""
        return int(self._native.fault_calls())


def in_child(action: Callable[[], Any], *, seconds: float = _SECONDS) -> Ended:
    """Run an action in a forked child and wait; its value must be JSON."""
    return Child(action).wait(seconds=seconds)


class Child:
    """A forked child at work."""

    def __init__(self, action: Callable[[], Any]) -> None:
        reading, writing = os.pipe()
        sys.stdout.flush()
        self._process = os.fork()
        if self._process == 0:
            os.close(reading)
            _answer(action, writing)
        os.close(writing)
        self._pipe = reading

    def wait(self, *, seconds: float = _SECONDS) -> Ended:
        """Return how it ended; it is killed when it says nothing for so many seconds."""
        said, hung = b"", False
        while block := self._block(seconds):
            said += block
        hung = block is None
        os.close(self._pipe)
        _, status = os.waitpid(self._process, 0)
        if hung:
            return Ended(hung=True)
        if os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            return Ended(killed=name == "SIGKILL", error=f"ended by {name}", exit=1)
        return Ended(**json.loads(said))

    def _block(self, seconds: float) -> bytes | None:
        """Return what the child says next, nothing at its end, None when it hangs."""
        ready, _, _ = select.select([self._pipe], [], [], seconds)
        if ready:
            return os.read(self._pipe, 65536)
        os.kill(self._process, signal.SIGKILL)
        return None


def _answer(action: Callable[[], Any], writing: int) -> None:
    """Do the action, write what came of it, and leave without the parent's clean-up."""
    try:
        form: dict[str, Any] = {"value": action()}
        json.dumps(form)
    except DocsenseError as error:
        form = {"error": error.message, "exit": error.exit_status}
    except BaseException as error:
        traceback.print_exc()
        form = {"error": f"{type(error).__name__}: {error}", "exit": 1}
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(form).encode())
    os._exit(0)
