from __future__ import annotations

import os
import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return the path of an interpreter that behaves as asked; see ``stand_in.py``."""

    def behaving(behavior):
        monkeypatch.setenv("STAND_IN", behavior)
        monkeypatch.setenv("VLLM_API_KEY", "a key")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT)]))
        path = tmp_path / "python"
        path.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.serving.stand_in "$@"\n')
        path.chmod(0o755)
        return str(path)

    return behaving
