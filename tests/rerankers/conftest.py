from __future__ import annotations

import pytest

from tests.rerankers.samples import write_cross_encoder


@pytest.fixture(scope="session")
def cross_encoder_folder(tmp_path_factory):
    """The import of sentence-transformers takes seconds: once for all that run a real model."""
    return write_cross_encoder(tmp_path_factory.mktemp("models") / "reranker")
