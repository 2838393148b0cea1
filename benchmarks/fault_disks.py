"""Disks that fail without an injection: one that is full, and one that lost what was not synced."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.fault_scenario import copy_library

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

_WRITTEN = 1_200_000  # bytes that the ingest takes of a disk, about


def lose_unsynced(library: Path, since: int, draw: random.Random) -> None:
    """Take away what a power cut may: of the files written since, the last ones, in part or whole.

    Args:
        since: Nanoseconds since the epoch.
    """
    files = [file for file in library.rglob("*") if file.is_file()]
    written = sorted((f for f in files if f.stat().st_mtime_ns >= since), key=_age)
    for file in written[: draw.randint(1, max(1, len(written)))]:
        how = draw.choice(("gone", "empty", "cut"))
        if how == "gone":
            file.unlink()
        else:
            os.truncate(file, 0 if how == "empty" else file.stat().st_size // 2)


def _age(file: Path) -> tuple[int, str]:
    return -file.stat().st_mtime_ns, str(file)


def no_mount(folder: Path) -> str:
    """Return why no tmpfs can be mounted here, "" if one can."""
    place = folder / "mount"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return done.stderr.strip() or "mount is refused"
    subprocess.run(["umount", str(place)], check=True)
    return ""


@contextmanager
def full_disk(library: Path, folder: Path, *, share: float) -> Iterator[Path]:
    """Put a library on a disk with room for about this share of what an ingest writes."""
    place = folder / f"disk-{library.name}"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)], check=True)
    try:
        shutil.copytree(library, place / library.name)
        free = shutil.disk_usage(place).free - int(share * _WRITTEN)
        (place / "ballast").write_bytes(bytes(free))
        try:
            yield place / library.name
        finally:
            (place / "ballast").unlink()
            copy_library(place / library.name, library)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
