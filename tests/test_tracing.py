from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense import tracing
from docsense.errors import ConfigError
from docsense.tracing import mark, recording, span


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trace.json"


def events(path, phase="X"):
    return [event for event in json.loads(path.read_text("utf-8")) if event["ph"] == phase]


def test_without_a_recording_a_span_is_nothing(path):
    with span("walk", files=3) as walked:
        walked.add(files=4)
    mark("first token")

    assert not tracing.enabled()
    assert span("walk") is span("read")


def test_a_span_has_its_name_its_time_and_its_numbers(path):
    with recording(path, process="docsense"), span("outer", "a.pdf", bytes=7) as outer:
        with span("inner"):
            mark("first token", tokens=1)
        outer.add(pages=2)

    inner, outer = events(path)
    (token,) = events(path, "i")
    assert (outer["name"], outer["args"]) == ("outer", {"bytes": 7, "pages": 2, "of": "a.pdf"})
    assert outer["ts"] <= inner["ts"] <= token["ts"]
    assert token["ts"] <= inner["ts"] + inner["dur"] + 0.2
    assert inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"] + 0.2
    assert {event["pid"] for event in (inner, outer, token)} == {os.getpid()}
    named = {event["name"]: event["args"]["name"] for event in events(path, "M")}
    assert named == {"process_name": "docsense", "thread_name": "MainThread"}


def test_an_error_inside_ends_the_span_and_goes_on(path):
    with recording(path, process="p"), pytest.raises(ZeroDivisionError), span("walk"):
        raise ZeroDivisionError

    assert [event["name"] for event in events(path)] == ["walk"]
    assert not tracing.enabled()


@pytest.mark.parametrize("value", ["the text of a document", b"key", None, ["a"]])
def test_nothing_but_numbers_goes_in(path, value):
    with recording(path, process="p"), pytest.raises(TypeError, match="not a number"):  # noqa: SIM117
        with span("walk", files=value):
            pass

    assert "document" not in path.read_text("utf-8")


def test_long_names_are_cut_and_stay_on_one_line(path):
    with recording(path, process="p"), span("read", "a\n" * 300 + "end.md"):
        pass

    (event,) = events(path)
    assert len(event["args"]["of"]) == 200 and event["args"]["of"].endswith("a end.md")


@given(st.lists(st.floats() | st.integers(), max_size=5), st.integers(0, 1200))
def test_the_file_is_whole_json_after_every_write(tmp_path_factory, numbers, many):
    path = tmp_path_factory.mktemp("trace") / "trace.json"
    with recording(path, process="p"):
        json.loads(path.read_bytes())
        for n in numbers:
            with span("odd", n=n):
                pass
        for _ in range(many):
            mark("tick")
        json.loads(path.read_bytes(), parse_constant=pytest.fail)

    assert len(events(path)) == len(numbers)
    assert len(events(path, "i")) == many


def test_threads_do_not_mix(path):
    def work():
        for n in range(300):
            with span("step", n=n):
                pass

    with recording(path, process="p"):
        threads = [threading.Thread(target=work, name=f"worker {i}") for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    names = {event["tid"]: event["args"]["name"] for event in events(path, "M") if event["tid"]}
    by_thread = {}
    for event in events(path):
        by_thread.setdefault(event["tid"], []).append(event["args"]["n"])
    assert sorted(names.values()) == sorted(thread.name for thread in threads)
    assert list(by_thread.values()) == [list(range(300))] * 6


def test_the_events_of_another_process_come_under_its_name(path):
    code = (
        "import pickle, sys; from docsense import tracing\n"
        "tracing.collect()\n"
        "with tracing.span('load', 'a.md', bytes=3): pass\n"
        "sys.stdout.buffer.write(pickle.dumps(tracing.drain()))"
    )
    with recording(path, process="docsense"), span("read"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        tracing.adopt(pickle.loads(done.stdout), process="reader")

    load, read = events(path)
    processes = {e["pid"]: e["args"]["name"] for e in events(path, "M") if not e["tid"]}
    assert processes == {load["pid"]: "reader", read["pid"]: "docsense"}
    assert load["args"] == {"bytes": 3, "of": "a.md"}
    assert read["ts"] < load["ts"] < read["ts"] + read["dur"]  # one clock


def test_a_file_that_cannot_be_written_is_said_at_once(tmp_path):
    with pytest.raises(ConfigError), recording(tmp_path, process="p"):
        pass


LIMITED = """
import resource, signal, sys
from pathlib import Path
from docsense import tracing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
recorder = tracing.start(Path(sys.argv[1]), process="p")
for n in range(5000):
    with tracing.span("step", n=n):
        pass
tracing.stop(recorder)
print(recorder.failure)
"""


@pytest.mark.skipif(os.name == "nt", reason="no limit on file sizes there")
def test_a_disk_that_is_full_ends_the_trace_and_not_the_work(path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "File too large"
    json.loads(path.read_bytes())


KILLED = """
import os, signal, sys, time
from pathlib import Path
from docsense import tracing
tracing.start(Path(sys.argv[1]), process="p")
for n in range(1200):
    tracing.mark("tick", n=n)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_even_kill_9_leaves_whole_json(path):
    subprocess.run([sys.executable, "-c", KILLED, path], check=False)

    assert len(events(path, "i")) >= 1000
