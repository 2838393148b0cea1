from __future__ import annotations

import os
import time

import psutil
import pytest

from docsense.errors import LimitExceededError, SourceError
from docsense.types import Entry
from docsense_pipelines.reading import Failure, Job, Unchanged, fingerprint
from docsense_pipelines.workers import read_all

ROOM = 4 * 1024**3


def job(path, **changes):
    size = path.stat().st_size
    values = {"path": str(path), "uri": str(path), "name": path.name, "size": size, "mtime_ns": 0}
    return Job(**{**values, **changes})


def outcomes(jobs, *, workers=1, timeout=20.0, memory=ROOM):
    return list(read_all(jobs, workers=workers, timeout=timeout, memory=memory))


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("A note about whales.", encoding="utf-8")
    return path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_file_that_never_ends_costs_its_time_limit_and_nothing_else(tmp_path, note):
    os.mkfifo(tmp_path / "stuck.txt")
    stuck = job(tmp_path / "stuck.txt")
    start = time.monotonic()
    failure, entry = outcomes([stuck, job(note)], timeout=1.5)

    assert isinstance(failure, Failure) and isinstance(failure.error, LimitExceededError)
    assert "stuck.txt" in failure.error.message and failure.error.hint
    assert isinstance(entry, Entry)
    assert time.monotonic() - start < 15


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_read(tmp_path, note):
    big = tmp_path / "big.txt"
    with big.open("wb") as file:
        for _ in range(150):
            file.write(b"words and more words\n" * 50_000)
    failure, entry = outcomes([job(big), job(note)], memory=700 * 1024**2)

    assert isinstance(failure, Failure) and isinstance(failure.error, SourceError)
    assert isinstance(entry, Entry)


def test_a_reader_that_dies_is_named_and_replaced(tmp_path, note, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        "from docsense import plugins\n"
        "choose = plugins.loader_for\n"
        "plugins.loader_for = lambda p: os.abort() if p.name == 'fatal.txt' else choose(p)\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "fatal.txt").write_text("deadly", encoding="utf-8")
    failure, entry = outcomes([job(tmp_path / "fatal.txt"), job(note)])

    assert isinstance(failure, Failure) and "SIGABRT" in failure.error.message
    assert isinstance(entry, Entry)


def test_the_bytes_decide_whether_a_file_is_read_again(note):
    (entry,) = outcomes([job(note)])
    known = fingerprint(entry.record.document.sha256, entry.record.loader)

    assert isinstance(outcomes([job(note, known=known)])[0], Unchanged)
    assert isinstance(outcomes([job(note, known="0" + known[1:])])[0], Entry)


def test_every_job_has_one_outcome_whatever_the_number_of_workers(tmp_path):
    paths = [tmp_path / f"{i}.txt" for i in range(9)]
    for path in paths:
        path.write_text(f"Text of {path.name}.", encoding="utf-8")
    found = outcomes([job(path) for path in paths], workers=3)

    assert sorted(entry.record.document.name for entry in found) == sorted(p.name for p in paths)


def test_leaving_early_stops_the_workers(tmp_path, note):
    before = psutil.Process().children()  # of fixtures that other tests share
    reading = read_all((job(note) for _ in range(1000)), workers=2, timeout=20, memory=ROOM)
    next(reading)
    during = len(psutil.Process().children())
    reading.close()

    assert during > len(before)
    assert psutil.Process().children() == before
