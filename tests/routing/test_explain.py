from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docsense.models import model_named
from docsense.planning.gpus import parse_gpus
from docsense.planning.speed import Speed, ttft
from docsense.routing import choose, explain, predictor
from docsense.routing.amounts import (
    bytes_text,
    dollars_text,
    percent_text,
    rounded,
    seconds_text,
    tokens_text,
)
from tests.routing.scenes import MODES, inputs, scene

SCOUT = model_named("scout")
GPUS = parse_gpus("8xH100")


@given(inputs)
@settings(deadline=None)
def test_an_explanation_names_every_mode_once_and_marks_the_chosen(drawn):
    decision = choose(drawn)
    lines = explain(decision).splitlines()
    table = lines[lines.index("") + 2 :]

    assert lines[0].startswith(f"route: {decision.route.mode}")
    assert {line.split()[0] for line in table[: len(MODES)]} == set(MODES)
    assert [line.split()[0] for line in table if line.endswith("<- chosen")] == [
        decision.route.mode
    ]


def test_an_explanation_holds_reasons_numbers_runner_up_and_flips():
    text = explain(choose(scene("comparison", 900_000)))

    assert "the sources hold 900k tokens in 14 documents; the server takes 1M" in text
    assert "runner-up: extractive" in text
    assert "would make it documents" in text
    assert not text.endswith("\n")


def test_lines_have_no_trailing_spaces():
    assert all(line == line.rstrip() for line in explain(choose(scene())).splitlines())


def test_the_predictor_is_the_formula_of_planning_with_the_speed_given():
    slow = Speed(linear=0.1, attention=0.1)

    assert predictor(SCOUT, GPUS).first_token(100_000, 50_000) == ttft(
        SCOUT, GPUS, 100_000, cached=50_000
    )
    assert predictor(SCOUT, GPUS, speed=slow).first_token(100_000, 0) == ttft(
        SCOUT, GPUS, 100_000, speed=slow
    )


def test_a_predictor_without_weights_leaves_the_answer_out():
    assert predictor(SCOUT, GPUS).per_token is None
    assert predictor(SCOUT, GPUS, weights=217_300_000_000).per_token(1_000_000) > 0


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000), st.integers(0, 10_000_000))
@settings(deadline=None)
def test_predicted_seconds_rise_with_tokens_and_fall_with_the_cache(a, b, cached):
    short, long = sorted((a, b))
    first_token = predictor(SCOUT, GPUS).first_token

    assert first_token(short, 0) <= first_token(long, 0)
    assert first_token(long, min(cached, long)) <= first_token(long, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (tokens_text(8192), "8,192"),
        (tokens_text(16_384), "16.4k"),
        (tokens_text(1_310_720), "1.31M"),
        (tokens_text(999_900), "1M"),
        (seconds_text(0.0142), "14 ms"),
        (seconds_text(2.31), "2.3 s"),
        (seconds_text(125), "2 min"),
        (seconds_text(2693), "45 min"),
        (seconds_text(9000), "2.5 h"),
        (seconds_text(0), "0 s"),
        (dollars_text(0.00123), "$0.0012"),
        (dollars_text(0.2), "$0.20"),
        (dollars_text(0.00001), "less than $0.0001"),
        (bytes_text(49_152_000_000), "49.2 GB"),
        (bytes_text(5_000_000), "5 MB"),
        (percent_text(0.999), "99%"),
    ],
)
def test_numbers_are_written_for_people(text, expected):
    assert text == expected


@given(st.floats(1e-6, 1e12), st.booleans())
@settings(deadline=None)
def test_rounding_never_crosses_to_the_other_side(value, up):
    found = rounded(value, up=up, whole=False)

    assert found == pytest.approx(value, rel=0.011)
    assert found >= value * (1 - 1e-9) if up else found <= value * (1 + 1e-9)


@given(st.integers(1, 10**9), st.booleans())
@settings(deadline=None)
def test_whole_numbers_stay_whole_and_on_their_side(value, up):
    found = rounded(value, up=up, whole=True)

    assert found == int(found)
    assert found >= value if up else found <= value
