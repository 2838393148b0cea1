"""The license of a model, as ``docsense serve`` asks for it."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="vLLM does not run there")


def test_the_license_has_to_be_accepted_once(docsense, stand_in, tmp_path, free_port):
    options = ("serve", "--gpus", "8xH200", "--python", stand_in("dies"), "--port", free_port)
    refused = docsense(*options)
    accepting = docsense(*options, "--yes")
    later = docsense(*options)

    assert refused.status == 3
    assert "not accepted" in refused.err and "--yes" in refused.err
    assert accepting.status == later.status == 6  # it died, as it was told to
    assert "European Union" not in later.err
