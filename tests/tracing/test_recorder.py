from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense.tracing import mark, recording, span
from tests.tracing.samples import events


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
print(len(recorder.drain()))
tracing.stop(recorder)
print(recorder.failure)
"""


@pytest.mark.skipif(os.name == "nt", reason="no limit on file sizes there")
def test_a_disk_that_is_full_ends_the_trace_and_not_the_work(path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["0", "File too large"]  # nor are events kept any more
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
