"""Whole ingests: seconds, how busy they keep the cores, and memory, all processes together.

    python -m benchmarks.ingest_speed PATH... [--index lexical] [--embedder NAME]

busy     CPU seconds over wall seconds times cores (goal with vectors: at least 85% of two)
of ours  the same over what others on the machine left: equals "busy" where nothing else runs, and
         says nothing where others would take every idle moment
memory   the peak of the sum of all processes, MiB, looked at ten times a second

A 10M-token repository is for example numpy's source distribution with scipy's:
``pip download --no-deps --no-binary :all: numpy scipy``, unpacked into one folder.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_STEP = 0.1


class Usage(NamedTuple):
    """What a command took: seconds, CPU of its whole tree, CPU of all others, peak bytes."""

    wall: float
    cpu: float
    others: float
    peak: int


def main() -> None:
    """Ingest once into a new library and print a line of figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--index", choices=("full", "lexical"), default="full")
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        how = ["--embedder", options.embedder]
        if options.index == "lexical":
            how = ["--index", "lexical"]
        command = [str(Path(sys.executable).with_name("docsense")), "ingest"]
        command += [*map(str, options.paths), "--quiet", "--json", *how]
        said, used = measured(command, home=Path(home))
    cores = os.cpu_count() or 1
    report = json.loads(said)
    print(f"{report['documents']:,} documents, {report['chunks']:,} chunks, "
          f"{report['tokens']:,} tokens, {report.get('embedded') or 0:,} embedded")  # fmt: skip
    print(f"wall     {used.wall:.1f} s   CPU {used.cpu:.1f} s   "
          f"{report['tokens'] / used.wall:,.0f} tokens a second")  # fmt: skip
    print(f"busy     {used.cpu / (used.wall * cores):.0%} of {cores} cores")
    ours = used.wall * cores - used.others
    print(f"of ours  {used.cpu / max(ours, used.cpu):.0%}; others took {used.others:.1f} CPU s")
    print(f"memory   {used.peak / 2**20:,.0f} MiB")


def measured(command: list[str], *, home: Path) -> tuple[str, Usage]:
    """Run a command with a library folder of its own; return its output and what it took.

    Raises:
        SystemExit: It failed.
    """
    import psutil

    before, machine = _children(), _machine()
    started, peak = time.perf_counter(), 0
    environment = os.environ | {"DOCSENSE_HOME": str(home)}
    # To a file: nobody reads a pipe meanwhile, and the report of many documents would fill it.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        subprocess.Popen(command, stdout=output, env=environment) as running,
    ):
        parent = psutil.Process(running.pid)
        while running.poll() is None:
            with suppress(psutil.NoSuchProcess):
                tree = [parent, *parent.children(recursive=True)]
                peak = max(peak, sum(process.memory_info().rss for process in tree))
            time.sleep(_STEP)
        output.seek(0)
        said = output.read()
    wall = time.perf_counter() - started
    if running.returncode:
        sys.exit(f"{' '.join(command)}: exit status {running.returncode}")
    cpu = _children() - before
    return said, Usage(wall, cpu, max(0.0, _machine() - machine - cpu), peak)


def _children() -> float:
    """Return the CPU-seconds of all finished children and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _machine() -> float:
    """Return the CPU-seconds that the whole machine has been busy."""
    import psutil

    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - times.guest)


if __name__ == "__main__":
    main()
