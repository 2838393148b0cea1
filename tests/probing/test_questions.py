from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docsense.probing.questions import _STEPS, KINDS, is_right, make_probe


def words(text):
    return len(text.split())


def probe(kind, *, tokens=2000, depth=0.5, seed=1):
    return make_probe(kind, tokens=tokens, depth=depth, seed=seed, count=words)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_probe_and_another_seed_another(kind):
    assert probe(kind) == probe(kind)
    assert probe(kind).text != probe(kind, seed=2).text


@settings(max_examples=25, deadline=None)
@given(kind=st.sampled_from(KINDS), tokens=st.integers(600, 20_000), seed=st.integers(0, 99))
def test_a_probe_has_the_length_that_was_asked_for(kind, tokens, seed):
    assert words(probe(kind, tokens=tokens, seed=seed).text) == pytest.approx(
        tokens, rel=0.02, abs=90
    )


@pytest.mark.parametrize("depth", [0.0, 0.25, 0.5, 1.0])
def test_the_needle_stands_at_its_depth(depth):
    made = probe("needle", depth=depth)

    assert made.text.index(made.answer) / len(made.text) == pytest.approx(depth, abs=0.03)


@pytest.mark.parametrize("kind", ["needle", "multi-key", "paraphrase"])
def test_the_answer_stands_once_in_the_text(kind):
    for seed in range(20):
        made = probe(kind, seed=seed)
        assert len(re.findall(rf"\b{made.answer}\b", made.text)) == 1


def test_events_are_as_many_as_the_answer_says():
    for seed in range(20):
        made = probe("counting", seed=seed)
        assert made.text.count("red balloon") == int(made.answer)


def test_a_paraphrased_question_shares_no_telling_word_with_its_fact():
    common = {"the", "of", "in", "a", "is", "has", "on", "at", "with", "as", "to", "would", "by"}
    for said, asked in _STEPS:
        assert not (set(said.lower().split()) & set(asked.lower().split())) - common


@pytest.mark.parametrize(
    ("kind", "reply", "right"),
    [
        ("needle", "{answer}", True),
        ("needle", "The code is {answer}.", True),
        ("needle", "It is 111111, not {answer}.", False),
        ("needle", "I do not know.", False),
        ("paraphrase", "{answer}.", True),
        ("paraphrase", "Zoe", False),
    ],
)
def test_a_reply_is_right_when_it_gives_the_answer_first(kind, reply, right):
    made = probe(kind)

    assert is_right(made, reply.format(answer=made.answer)) is right


def test_a_count_may_be_spelled():
    made = next(p for p in (probe("counting", seed=s) for s in range(99)) if p.answer == "3")

    assert is_right(made, "Three times.")
    assert not is_right(made, "Four times.")
