from __future__ import annotations

import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from docsense_cli.main import run

ROOT = Path(__file__).parents[2]


class Done(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCSENSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCSENSE_CONFIG", "")
    monkeypatch.setenv("DOCSENSE_EMBEDDER", "none")
    monkeypatch.setenv("DOCSENSE_ENGINE", "extractive")
    monkeypatch.setenv("DOCSENSE_WORKERS", "1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return tmp_path / "home"


@pytest.fixture
def docsense(home, monkeypatch, capfdbinary):
    """Run the command in this process, as the console script does."""

    def call(*args):
        capfdbinary.readouterr()
        monkeypatch.setattr(sys, "argv", ["docsense", *map(str, args)])
        status = 0
        try:
            run()
        except SystemExit as ended:
            status = int(ended.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        out, err = capfdbinary.readouterr()
        return Done(status, out.decode(), err.decode())

    return call


@pytest.fixture
def notes(tmp_path):
    root = tmp_path / "notes"
    root.mkdir()
    (root / "whales.md").write_text(
        "# Whales\n\nBlue whales weigh up to 150 tonnes. They eat krill, four tonnes a day.\n\n"
        "## Population\n\nHunting reduced the population to about 1,500 animals by 1966.\n"
        "Since then it has grown by 7 percent a year under an international treaty.\n",
        encoding="utf-8",
    )
    return root


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
