from __future__ import annotations

from math import log

import pytest

from docsense.stores.memory import MemoryStore
from tests.stores.contract import StoreContract
from tests.stores.samples import entry_of


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self):
        return MemoryStore()


def test_scores_are_those_of_the_bm25_formula():
    store = MemoryStore()
    store.put([entry_of("a.md", "red red fox ", "hen"), entry_of("b.md", "red hen")])
    score = store.search_text(["red"], k=1)[0].score

    idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5))  # 2 of 3 chunks; mean length 2, this one has 3
    assert score == pytest.approx(idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2)))
