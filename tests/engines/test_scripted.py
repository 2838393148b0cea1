from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense.engines.scripted import ScriptedEngine
from docsense.tokens import EstimateTokenCounter
from tests.engines.contract import EngineContract
from tests.engines.samples import SCHEMA, WordCounter, ask


class TestScriptedEngine(EngineContract):
    @pytest.fixture
    def engine(self):
        return ScriptedEngine(lambda prompt: "one two three", window=200, counter=WordCounter())


def texts(completions):
    return [completion.text for completion in completions]


def test_replies_come_in_order_and_prompts_are_kept():
    engine = ScriptedEngine(["first", "second"])
    completions = engine.complete([ask("a", "b"), ask("c")])

    assert texts(completions) == ["first", "second"]
    assert engine.prompts == ["ab", "c"]
    assert engine.requests[1] == ask("c")


def test_a_script_that_is_too_short_is_told():
    engine = ScriptedEngine(["first"])
    engine.complete([ask("a")])

    with pytest.raises(ValueError, match="1 replies"):
        engine.complete([ask("b")])


def test_a_function_replies_to_what_it_is_asked():
    engine = ScriptedEngine(lambda prompt: f"{prompt.max_tokens} tokens")

    assert texts(engine.complete([ask("a"), ask("b", max_tokens=9)])) == ["8 tokens", "9 tokens"]


def test_a_server_without_schemas_says_so():
    engine = ScriptedEngine(["{}"], structured=False)

    assert not engine.complete([ask("a", schema=SCHEMA)])[0].structured


@given(shared=st.integers(0, 100), own=st.integers(1, 40))
def test_cached_are_the_whole_blocks_of_the_shared_prefix(shared, own):
    engine = ScriptedEngine(["x", "y"], counter=WordCounter())
    engine.complete([ask("same " * shared + "first " * own)])
    (second,) = engine.complete([ask("same " * shared + "other " * own)])

    assert second.usage.cached_tokens == shared // 16 * 16


@given(st.text(), st.integers(1, 20))
def test_the_pieces_are_the_reply_up_to_its_tokens(reply, max_tokens):
    engine = ScriptedEngine([reply], counter=EstimateTokenCounter())
    (completion,) = engine.complete([ask("a", max_tokens=max_tokens)])

    assert reply.startswith(completion.text)
    assert (completion.finish == "stop") == (completion.text == reply)
