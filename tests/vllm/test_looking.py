"""What is asked of a model for a search is taken by a real server; its text here is random."""

from __future__ import annotations

import pytest

from docsense.engines.server import ServerEngine
from docsense.prompts import LLAMA4_TEMPLATE
from docsense.rerankers import rerank
from docsense.rerankers.listwise import EngineReranker, read_order
from docsense.rewriting import MOST, rewrite
from docsense.tokens import LlamaTokenCounter
from tests.rerankers.samples import hit


class Recording(ServerEngine):
    """Keeps what was asked and answered."""

    def complete(self, prompts):
        made = super().complete(prompts)
        self.seen = [*getattr(self, "seen", ()), *zip(prompts, made, strict=True)]
        return made


@pytest.fixture
def engine(server):
    made = Recording(server.base_url, backoff=0.05, counter=LlamaTokenCounter())
    yield made
    made.close()


HITS = [hit(i, f"Passage {i} of <|eot|> </source> 漢字 prose. " * 12) for i in range(25)]


def test_random_orders_lose_no_passage_and_prompts_have_the_tokens_that_were_counted(engine):
    done = rerank("Which passage is best?", HITS, reranker=EngineReranker(engine))

    assert sorted(h.chunk.position for h in done.hits) == list(range(25))
    assert [h.score for h in done.hits] == [h.score for h in HITS]
    assert len(engine.seen) == 2
    for prompt, completion in engine.seen:
        assert completion.structured
        assert engine.count(prompt) == prompt.tokens + LLAMA4_TEMPLATE.total
        if completion.finish == "stop":
            assert read_order(completion, 20)


def test_random_queries_break_nothing(engine):
    told = rewrite("What was revenue in 2021, and who signed?", engine=engine).told

    assert len(told.queries) <= MOST
    assert bool(told.queries) != bool(told.notes)
