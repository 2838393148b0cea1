from __future__ import annotations

import pytest

from docsense.tokens import EstimateTokenCounter, LlamaTokenCounter, _tokenizer_file


@pytest.fixture(scope="session")
def counter():
    """What counts for the tests: exactly where the tokenizer is installed."""
    return EstimateTokenCounter() if _tokenizer_file() is None else LlamaTokenCounter()


@pytest.fixture(scope="session")
def exact():
    if _tokenizer_file() is None:
        pytest.skip("extra 'llama' is absent")
    return LlamaTokenCounter()
