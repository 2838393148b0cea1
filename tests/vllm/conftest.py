"""One vLLM for all tests here; they are skipped where DOCSENSE_VLLM_PYTHON names none."""

from __future__ import annotations

import os
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.tiny_llama4 import write
from tests.vllm.servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vllm.servers import Server

_SKIPPED = Path(__file__).parents[2] / ".vllm" / "skipped"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """A tiny Llama 4 without weights, made anew."""
    if find_spec("llama_models") is None:
        pytest.skip("extra 'llama' is absent")
    folder = tmp_path_factory.mktemp("model") / "tiny-llama4"
    write(folder)
    return folder


@pytest.fixture(scope="session")
def vllm_python() -> str:
    """The interpreter that has vLLM."""
    named = os.environ.get("DOCSENSE_VLLM_PYTHON")
    if not named:
        pytest.skip("DOCSENSE_VLLM_PYTHON names no interpreter with vLLM (scripts/vllm makes one)")
    if _SKIPPED.is_file():
        pytest.skip(_SKIPPED.read_text(encoding="utf-8").strip())
    if not Path(named).is_file():
        pytest.fail(f"DOCSENSE_VLLM_PYTHON: no file {named}")
    return named


@pytest.fixture(scope="session")
def server(vllm_python, tiny, tmp_path_factory) -> Iterator[Server]:
    """A server for all tests; each leaves it idle. When it is stopped nothing of it is left."""
    with serving(vllm_python, tiny, folder=tmp_path_factory.mktemp("server")) as started:
        yield started
    assert started.command.returncode == 128 + signal.SIGTERM
    assert not started.left()
