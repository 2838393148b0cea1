"""Ratios of the main job, each against its baseline in the same run.

    python -m benchmarks.main_job PDF... [--tree FOLDER...] [--tokens 10000000]

help        CPU of ``docsense --help``, seconds (goal: under 0.15)
ask         first ``docsense ask`` of the PDF with the most pages, less one import of what it needs,
            over a bare pypdfium2 text loop over it (goal: at most 6); the same for ``summarize``
search      a cold ``docsense search`` on the library of all sources, wall seconds (goal: under 2)
ingest      without vectors: time of pypdf's extraction alone over ours (goal: at least 8)
re-ingest   first ingest over one without changes (goal: at least 50)
memory      peak of the processes that ingest a made repository of ``--tokens``, MiB (goal: 2,048)
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_LIBRARIES = "lance, pyarrow, numpy, pypdfium2, onnxruntime, tokenizers, rich.console, typer"
_PDFIUM = """
import sys, pypdfium2
pdf = pypdfium2.PdfDocument(sys.argv[1])
for page in pdf:
    page.get_textpage().get_text_range()
"""
_MEASURABLE = 0.1
"""Seconds that a baseline has to take for a ratio over it to mean anything."""

_PYPDF = """
import sys, pypdf
for path in sys.argv[1:]:
    for page in pypdf.PdfReader(path).pages:
        page.extract_text()
"""


def main() -> None:
    """Run every measurement and print one line for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pdfs", type=Path, nargs="+")
    parser.add_argument("--tree", type=Path, nargs="*", default=[])
    parser.add_argument("--tokens", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DOCSENSE_HOME"] = str(Path(folder) / "home")
        help_time()
        first_times(max(options.pdfs, key=_pages), Path(folder))
        _library(options.pdfs, options.tree)
        if options.tokens:
            _memory(Path(folder) / "made", options.tokens)


def _pages(path: Path) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        return len(pdf)


def help_time() -> None:
    """Print the CPU seconds of ``docsense --help``."""
    cpu = min(_run("docsense", "--help").cpu for _ in range(5))
    print(f"help       {cpu:.3f} s CPU")


def first_times(pdf: Path, folder: Path) -> None:
    """Print what a first question and summary cost, over a bare text loop."""
    bare = min(_python(_PDFIUM, pdf).wall for _ in range(3)) - _python("import pypdfium2").wall
    imports = min(_python(f"import {_LIBRARIES}").wall for _ in range(3))
    _run("docsense", "doctor")  # the model is exported once a machine, not once a document
    for job in (("ask", "What were total revenues?"), ("summarize",)):
        walls = []
        for i in range(3):
            os.environ["DOCSENSE_HOME"] = str(folder / f"{job[0]}{i}")
            walls.append(_run("docsense", *job, str(pdf), "--quiet").wall)
        # The loop over a short document is lost in the noise of starting processes.
        ratio = f"{(min(walls) - imports) / bare:.1f} times a bare text loop of {bare:.2f} s, "
        print(
            f"{job[0]:<10} {ratio if bare >= _MEASURABLE else ''}"
            f"{min(walls):.2f} s, of which imports {imports:.2f} s; {_pages(pdf)} pages"
        )


def _library(pdfs: list[Path], trees: list[Path]) -> None:
    os.environ["DOCSENSE_HOME"] = os.environ["DOCSENSE_HOME"] + "-all"
    base = _python(_PYPDF, *pdfs)
    name = ("--library", "bench", "--quiet")
    ours = _run("docsense", "ingest", *map(str, pdfs), *name, "--index", "lexical")
    print(f"ingest     {base.wall / ours.wall:.1f} times pypdf by wall, "
          f"{base.cpu / ours.cpu:.1f} by CPU ({ours.wall:.1f} s)")  # fmt: skip
    sources = [*map(str, pdfs), *map(str, trees)]
    start = time.perf_counter()
    _run("docsense", "ingest", *sources, *name, "--index", "lexical")
    first = ours.wall + time.perf_counter() - start
    vectors = _run("docsense", "ingest", *sources, *name).wall
    again = min(_run("docsense", "ingest", *sources, *name).wall for _ in range(3))
    print(
        f"re-ingest  {(first + vectors) / again:.0f} times faster with vectors, "
        f"{first / again:.0f} without ({first:.1f} + {vectors:.1f} s, then {again:.2f} s)"
    )
    cold = min(_run("docsense", "search", "net sales by segment", *name).wall for _ in range(3))
    print(f"search     {cold:.2f} s cold")


def _memory(folder: Path, tokens: int) -> None:
    import psutil

    _make_tree(folder, tokens)
    os.environ["DOCSENSE_HOME"] = str(folder) + "-home"
    command = [_program("docsense"), "ingest", str(folder), "--quiet", "--index", "lexical"]
    start, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        parent = psutil.Process(running.pid)
        while running.poll() is None:
            with suppress(psutil.NoSuchProcess):
                tree = [parent, *parent.children(recursive=True)]
                peak = max(peak, sum(process.memory_info().rss for process in tree))
            time.sleep(0.1)
        said = running.stdout.read() if running.stdout else ""
    took = time.perf_counter() - start
    print(f"memory     {peak / 2**20:.0f} MiB peak of all processes together, {took:.0f} s")
    print(said.splitlines()[0])


def _make_tree(folder: Path, tokens: int) -> None:
    """Write Python modules of about 2,000 tokens each, all different, in 200 folders."""
    for i in range(tokens // 2000):
        path = folder / f"package_{i % 200}" / f"module_{i}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        functions = (
            f"def measure_{i}_{j}(width: float, height: float) -> float:\n"
            f'    """Return the area number {i * j} of a field."""\n'
            f"    area_{j} = width * height + {i + j}\n    return area_{j} / {j + 1}\n\n\n"
            for j in range(37)
        )
        path.write_text("".join(functions), encoding="utf-8")


class _Usage:
    """Wall and CPU seconds of one finished process."""

    def __init__(self, *command: str) -> None:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False)
        self.wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if done.returncode:
            sys.exit(f"{' '.join(command)}: {done.stderr.decode('utf-8', 'replace')}")


def _run(program: str, *args: str) -> _Usage:
    return _Usage(_program(program), *args)


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _python(code: str, *args: Path) -> _Usage:
    return _Usage(sys.executable, "-c", code, *map(str, args))


if __name__ == "__main__":
    main()
