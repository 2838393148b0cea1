from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense.embedders.hashing import HashingEmbedder

PROGRAM = """
from docsense.embedders.hashing import HashingEmbedder
print(HashingEmbedder().embed_query("Net sales über 12,4").tobytes().hex())
"""


@given(st.text(max_size=200), st.integers(2, 64))
def test_every_text_has_a_unit_vector(text, dim):
    row = HashingEmbedder(dim).embed_query(text)

    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_vectors_do_not_depend_on_the_hash_seed_of_python(seed):
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert printed.strip() == HashingEmbedder().embed_query("Net sales über 12,4").tobytes().hex()


def test_shared_words_and_word_parts_bring_texts_closer():
    rows = HashingEmbedder().embed_passages(
        ["net sales increased", "net sales decreased", "the sale of a net", "zebra"]
    )
    near = rows[1:] @ rows[0]

    assert near[0] > near[1] > near[2]


def test_texts_without_words_are_alike():
    rows = HashingEmbedder().embed_passages(["", " \n", "!?"])

    assert (rows == rows[0]).all()


def test_vectors_of_another_size_have_another_name():
    assert HashingEmbedder(64).name != HashingEmbedder(128).name
