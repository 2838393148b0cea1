"""``docsense serve`` as a command: dry runs, the license, a start, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="vLLM does not run there")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return the path of an interpreter that stands in for one with vLLM."""
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("VLLM_API_KEY", "a key")
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.serving.stand_in "$@"\n')
    path.chmod(0o755)

    def behaving(behavior):
        monkeypatch.setenv("STAND_IN", behavior)
        return str(path)

    return behaving


@pytest.fixture
def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def started(stand_in, free_port):
    """Start the command in a process of its own; it is ended with the test."""
    running = []

    def call(behavior, *options):
        process = subprocess.Popen(
            [sys.executable, "-m", "docsense_cli", "serve", "--gpus", "8xH200", "--yes", "--json",
             "--python", stand_in(behavior), "--port", str(free_port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        running.append(process)
        return process

    yield call
    for process in running:
        process.terminate()
        process.communicate(timeout=60)


def read_json(process):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            break
    return json.loads("".join(lines))


def test_a_dry_run_prints_the_command_and_starts_nothing(docsense, stand_in):
    done = docsense("serve", "--gpus", "8xH200", "--dry-run", "--python", stand_in("ready"))

    assert done.status == 0
    assert "--tensor-parallel-size 8" in done.out and "why:" in done.out
    assert "European Union" in done.err


def test_a_dry_run_without_vllm_says_that_flags_are_unchecked(docsense, stand_in):
    done = docsense("serve", "--gpus", "8xH200", "--dry-run", "--python", stand_in("without vllm"))

    assert done.status == 0
    assert "unchecked" in done.err


def test_a_dry_run_in_json_has_the_command_and_every_reason(docsense, stand_in):
    python = stand_in("ready")
    done = docsense(
        "serve", "--gpus", "2x8xH200", "--master", "10.0.0.1", "--dry-run", "--json", "--python",
        python, "--", "--seed", "1",
    )  # fmt: skip
    form = json.loads(done.out)

    assert [node["command"][0] for node in form["nodes"]] == [python, python]
    assert form["nodes"][1]["command"][-2:] == ["--seed", "1"]
    assert all(flag["reason"] for flag in form["flags"])
    assert "a key" not in done.out


def test_what_an_older_vllm_lacks_is_left_out_with_a_note(docsense, stand_in):
    done = docsense("serve", "--gpus", "8xH200", "--dry-run", "--python", stand_in("older"))
    command = done.out.partition("why:")[0]

    assert "--sse-keep-alive-interval" not in command
    assert "--no-disable-hybrid-kv-cache-manager" in command
    assert "left out" in done.out


def test_the_license_has_to_be_accepted_once(docsense, stand_in, tmp_path, free_port):
    options = ("serve", "--gpus", "8xH200", "--python", stand_in("dies"), "--port", free_port)
    refused = docsense(*options)
    accepting = docsense(*options, "--yes")
    later = docsense(*options)

    assert refused.status == 3
    assert "not accepted" in refused.err and "--yes" in refused.err
    assert accepting.status == later.status == 6  # it died, as it was told to
    assert "European Union" not in later.err


def test_a_failed_start_ends_with_its_cause_and_a_hint(docsense, stand_in, free_port):
    done = docsense(
        "serve", "--gpus", "8xH200", "--yes", "--python", stand_in("dies"), "--port", free_port
    )

    assert done.status == 6
    assert "CUDA out of memory" in done.err and "hint:" in done.err
    assert "loading weights" in done.err
    assert done.out == ""


def test_a_missing_vllm_names_the_extra(docsense, stand_in):
    done = docsense("serve", "--gpus", "8xH200", "--yes", "--python", stand_in("without vllm"))

    assert done.status == 3
    assert "docsense[vllm]" in done.err


def test_what_does_not_fit_is_refused(docsense):
    done = docsense("serve", "--model", "maverick", "--gpus", "H100", "--dry-run")

    assert done.status == 3
    assert "does not fit" in done.err and "hint:" in done.err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_server_and_its_children(started, tmp_path, number, status):
    log = tmp_path / "vllm.log"
    process = started("leaves a child", "--log", str(log))
    told = read_json(process)
    process.send_signal(number)
    err = []
    while "stopping" not in (err or [""])[-1]:
        err.append(process.stderr.readline())
    process.send_signal(number)  # no grace: the child ignores the first
    process.wait(60)
    err = "".join([*err, *process.stderr])

    assert told["type"] == "server"
    assert told["window"] == 65536
    assert process.returncode == status, err
    assert "Traceback" not in err
    assert "KV cache size" in log.read_text()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(told["base_url"].split(":")[2][:-3])), 1)
