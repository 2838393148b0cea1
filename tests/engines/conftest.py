from __future__ import annotations

import pytest

from docsense.engines.server import ServerEngine
from tests.engines.fake_server import running
from tests.engines.samples import WordCounter


@pytest.fixture
def server():
    with running() as fake:
        yield fake


@pytest.fixture
def engine_of(server):
    """Make engines of the fake server that wait for next to nothing before another try."""
    made = []

    def make(**options):
        options = {"backoff": 0.001, "counter": WordCounter()} | options
        made.append(ServerEngine(server.url, **options))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(engine_of):
    return engine_of()
