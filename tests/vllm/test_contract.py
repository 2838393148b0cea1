"""The contract of engines, over a real vLLM."""

from __future__ import annotations

import pytest

from docsense.engines.server import ServerEngine
from tests.engines.contract import EngineContract


class TestVllmServer(EngineContract):
    @pytest.fixture
    def engine(self, server):
        return ServerEngine(server.base_url, backoff=0.05)
