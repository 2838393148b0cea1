"""Hostile files in any number: bombs, loops, lies, strange names and things that are no files.

    python -m benchmarks.hostile FOLDER --count 2000

The same count and seed give the same names and bytes. Nothing in the folder is larger on disk than
100 MB, sparse files aside, and 2,000 files take about a gigabyte.
"""

from __future__ import annotations

import argparse
import os
import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.hostile_pdf import PDFS
from benchmarks.hostile_text import TEXTS
from benchmarks.hostile_zip import ZIPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Kind(NamedTuple):
    """A kind of hostile content, and the suffixes that it may come under."""

    content: Callable[[Random], bytes]
    suffixes: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    *(Kind(content, (".pdf",)) for content in PDFS),
    *(Kind(content, (".docx", ".docx", ".docm")) for content in ZIPS),
    *(Kind(content, suffixes) for content, suffixes in TEXTS),
)


def generate(folder: Path, *, count: int, seed: int = 0) -> Iterator[Path]:
    """Write ``count`` files, going round the kinds, and yield each; some have strange names."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        kind = KINDS[index % len(KINDS)]
        random = Random(f"{seed}/{index}")  # reproducible, not secret
        suffix = random.choice(kind.suffixes)
        stem = f"{index:05}-{kind.content.__name__}"
        path = folder / (_strange(stem, suffix, random) if index % 7 == 0 else stem + suffix)
        path.write_bytes(kind.content(random))
        yield path


_STRANGE = (
    "two\nlines", "tab\there", "bell\x07", "\x1b[2J\x1b[31mred", "\u202efdp.exe", "[bold]",
    " spaced ", "-rf", "%s{0}$HOME", "'\"`", "\u2028", "e\u0301", "\U0001f30a", "\r",
)  # fmt: skip


def _strange(stem: str, suffix: str, random: Random) -> str:
    """Return a file name that is legal and rude; now and then one of 255 bytes."""
    if random.random() < 0.2:
        return stem + "x" * (255 - len(stem) - len(suffix)) + suffix
    return f"{stem}{random.choice(_STRANGE)}{suffix}"


@contextmanager
def no_files(folder: Path) -> Iterator[list[Path]]:
    """Put into a folder what is no file, or not one that can be read; yield its paths.

    Links that loop, lead out or nowhere, devices, pipes, a socket, no permission, names that are
    no text, and ten sparse gigabytes. While the block runs one file grows and one comes and goes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"{name}.txt" for name in ("loop", "out", "nowhere", "zero", "tree")]
    targets = ("loop.txt", "/etc/hostname", "not-there", "/dev/zero", ".")
    for path, target in zip(made, targets, strict=True):
        path.symlink_to(target)
    for suffix in (".txt", ".pdf", ".docx", ".html"):
        os.mkfifo(folder / f"pipe{suffix}")
        made.append(folder / f"pipe{suffix}")
    closed = folder / "closed.txt"
    closed.write_text("Nobody may read this.", encoding="utf-8")
    closed.chmod(0)
    sparse = [folder / f"sparse{suffix}" for suffix in (".txt", ".pdf", ".docx", ".md", ".bin")]
    for path in sparse:
        with path.open("wb") as file:
            file.truncate(10 * 1024**3)
    (folder / "a folder.pdf").mkdir()
    made += [closed, *sparse, folder / "a folder.pdf", *_names_of_bytes(folder)]
    with _listening(folder / "socket.txt") as bound, _restless(folder) as restless:
        yield [*made, *bound, *restless]


def _names_of_bytes(folder: Path) -> list[Path]:
    """Return files whose names are not UTF-8; none where the file system takes no such name."""
    made = []
    for name in (b"caf\xe9.txt", b"\xff\xfe.pdf", b"\xed\xa0\x80.md"):
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        try:
            path.write_text("Tides.", encoding="utf-8")
        except OSError:
            continue
        made.append(path)
    return made


@contextmanager
def _listening(path: Path) -> Iterator[list[Path]]:
    with socket.socket(socket.AF_UNIX) as server:
        # A socket's address has to be short, whatever the folder's path is.
        here = os.open(path.parent, os.O_RDONLY)
        try:
            server.bind(f"/proc/self/fd/{here}/{path.name}")
        except OSError:  # no /proc, as on macOS
            yield []
            return
        finally:
            os.close(here)
        yield [path]


@contextmanager
def _restless(folder: Path) -> Iterator[list[Path]]:
    """Keep changing one file and making and removing another, in a thread."""
    from benchmarks.hostile_pdf import good

    done = threading.Event()
    changing, fleeting = folder / "changing.pdf", folder / "fleeting.txt"
    versions = [good(), good(Random(1)), b"%PDF-1.7"]  # reproducible, not secret
    changing.write_bytes(versions[0])

    def disturb() -> None:
        turn = 0
        while not done.wait(0.002):
            turn += 1
            changing.write_bytes(versions[turn % len(versions)])
            if turn % 2:
                fleeting.write_text("Tides.\n" * turn, encoding="utf-8")
            else:
                fleeting.unlink()

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        yield [changing, fleeting]
    finally:
        done.set()
        thread.join()


def main() -> None:
    """Write the files and print how many there are and what they take."""
    parser = argparse.ArgumentParser(description="write hostile files into a folder")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2000, help="files to write")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sizes = [
        path.stat().st_size
        for path in generate(options.folder, count=options.count, seed=options.seed)
    ]
    print(f"{len(sizes)} files of {len(KINDS)} kinds, {sum(sizes) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
