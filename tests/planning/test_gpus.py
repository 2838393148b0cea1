from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense.errors import ConfigError
from docsense.planning.gpus import GPUS, Gpus, parse_gpus


@pytest.mark.parametrize(
    ("text", "nodes", "per_node", "name"),
    [
        ("H100", 1, 1, "H100"),
        ("8xH100", 1, 8, "H100"),
        ("8 x h200", 1, 8, "H200"),
        ("2x8xB200", 2, 8, "B200"),
        ("2×8×H200", 2, 8, "H200"),
        ("4xA100", 1, 4, "A100-80G"),
        ("RTX 4090", 1, 1, "RTX-4090"),
        ("2x4090", 1, 2, "RTX-4090"),
        ("cpu", 1, 1, "cpu"),
    ],
)
def test_machines_are_read(text, nodes, per_node, name):
    gpus = parse_gpus(text)

    assert (gpus.nodes, gpus.per_node, gpus.gpu.name) == (nodes, per_node, name)


@given(st.integers(1, 9999), st.integers(1, 8), st.sampled_from(GPUS))
def test_what_is_written_is_read_again(nodes, per_node, gpu):
    gpus = Gpus(nodes, per_node, gpu)

    assert parse_gpus(str(gpus)) == gpus


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "8xH100"),
        ("8x", "H100, H200"),
        ("0xH100", "8xH100"),
        ("8xK80", "H100, H200"),
        ("16xH200", "2x8xH200"),
        ("-1xH100", "H100"),
    ],
)
def test_what_is_no_machine_is_refused_with_one_that_is(text, hint):
    with pytest.raises(ConfigError) as caught:
        parse_gpus(text)

    assert hint in caught.value.hint
