"""A server that dies while it answers; it is one of its own, since nothing is left of it."""

from __future__ import annotations

import pytest

from docsense.engines.server import ServerEngine
from docsense.errors import EngineError, EngineUnavailableError
from tests.vllm.prompts import prompt
from tests.vllm.servers import serving


def test_a_server_killed_mid_answer_is_unavailable_then_and_after(vllm_python, tiny, tmp_path):
    with serving(vllm_python, tiny, folder=tmp_path) as server:
        engine = ServerEngine(server.base_url, retries=1, backoff=0.01)
        stream = engine.stream(prompt("Write on.", max_tokens=4_000))
        next(stream)
        server.kill()

        with pytest.raises(EngineUnavailableError, match="mid-answer"):
            list(stream)
        with pytest.raises(EngineUnavailableError, match="no model server answers"):
            engine.complete([prompt("Hello")])
        # The command that started it tells, and takes the engine that was left behind with it.
        assert server.command.wait(60) == EngineError.exit_status
        assert not server.left()
    assert "SIGKILL" in (tmp_path / "serve.txt").read_text(encoding="utf-8")
