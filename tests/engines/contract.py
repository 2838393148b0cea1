"""What every engine does: subclasses give an ``engine`` whose window is at most 100,000 tokens."""

from __future__ import annotations

import pytest

from docsense.engines import Completion, Message, Prompt
from docsense.errors import ContextOverflowError
from tests.engines.samples import SCHEMA, ask


def too_long(engine, *, max_tokens=8):
    return ask("word " * (engine.window + 1), max_tokens=max_tokens)


class EngineContract:
    """Run over every implementation."""

    def test_a_stream_is_text_and_then_one_completion_with_all_of_it(self, engine):
        *pieces, last = engine.stream(ask("Say something."))

        assert all(isinstance(piece, str) and piece for piece in pieces)
        assert isinstance(last, Completion)
        assert last.text == "".join(pieces)
        assert last.text

    def test_completions_come_in_the_order_of_their_prompts(self, engine):
        prompts = [ask(f"Prompt number {n}.", max_tokens=1 + n % 3) for n in range(5)]
        alone = [engine.complete([prompt])[0].text for prompt in prompts]

        assert [completion.text for completion in engine.complete(prompts)] == alone

    def test_no_prompts_have_no_completions(self, engine):
        assert engine.complete([]) == []

    def test_an_answer_stops_at_its_tokens_and_says_so(self, engine):
        (completion,) = engine.complete([ask("Say something.", max_tokens=2)])

        assert completion.finish == "length"
        assert completion.usage.completion_tokens == 2

    def test_a_prompt_beyond_the_window_is_refused_with_its_tokens(self, engine):
        with pytest.raises(ContextOverflowError) as caught:
            list(engine.stream(too_long(engine)))

        assert caught.value.window == engine.window
        assert caught.value.needed > engine.window + 8

    def test_one_prompt_beyond_the_window_refuses_them_all(self, engine):
        with pytest.raises(ContextOverflowError):
            engine.complete([ask("Say something."), too_long(engine)])

    def test_an_answer_that_does_not_fit_beside_the_prompt_is_refused(self, engine):
        with pytest.raises(ContextOverflowError):
            engine.complete([ask("Say something.", max_tokens=engine.window)])

    def test_an_engine_goes_on_after_a_refusal(self, engine):
        with pytest.raises(ContextOverflowError):
            engine.complete([too_long(engine)])

        assert engine.complete([ask("Say something.")])[0].text

    def test_an_engine_goes_on_after_a_stream_that_was_closed(self, engine):
        stream = engine.stream(ask("Say something."))
        next(stream)
        stream.close()

        assert engine.complete([ask("Say something.")])[0].text

    def test_pieces_are_one_text(self, engine):
        (whole,) = engine.complete([ask("Say something. Or not.")])
        (pieces,) = engine.complete([ask("Say some", "", "thing. Or", " not.")])

        assert pieces.text == whole.text
        assert pieces.usage.prompt_tokens == whole.usage.prompt_tokens

    def test_usage_counts_the_prompt(self, engine):
        short, long = engine.complete([ask("a few words"), ask("a few words " * 10)])

        assert 0 < short.usage.prompt_tokens < long.usage.prompt_tokens
        assert short.usage.first_token <= short.usage.seconds
        assert short.usage.requests == 1

    def test_a_prompt_that_came_before_is_cached(self, engine):
        size = min(1000, engine.window // 4)
        prompt = ask("cached word " * (size // 2))
        (first,) = engine.complete([prompt])
        (second,) = engine.complete([prompt])

        assert first.usage.cached_tokens == 0
        assert size // 2 < second.usage.cached_tokens < second.usage.prompt_tokens

    def test_several_roles_are_one_prompt(self, engine):
        prompt = Prompt(
            messages=(Message("system", "Be terse."), Message("user", "Say something.")),
            max_tokens=8,
        )
        both, one = engine.complete([prompt, ask("Say something.")])

        assert both.usage.prompt_tokens > one.usage.prompt_tokens

    def test_a_schema_holds_the_answer(self, engine):
        free, held = engine.complete([ask("Say something."), ask("Say it.", schema=SCHEMA)])

        assert not free.structured
        assert held.structured

    @pytest.mark.parametrize("text", ["\ud800", 'a \udfff\n\x00\x1b "quoted" \\ 漢字 \U0001f600'])
    def test_odd_characters_do_no_harm(self, engine, text):
        assert engine.complete([ask(text, "more")])[0].text

    def test_no_answer_has_no_tokens_at_all(self, engine):
        with pytest.raises(ValueError, match="max_tokens"):
            list(engine.stream(ask("Say something.", max_tokens=0)))

    def test_the_counter_counts(self, engine):
        bounds = engine.counter.bounds("a few words")

        assert bounds.least <= engine.counter.count("a few words") <= bounds.most
        assert engine.counter.count("a few words") > 0

    def test_an_engine_has_a_name(self, engine):
        assert engine.name
