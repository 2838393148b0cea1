from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docsense.errors import ConfigError
from docsense.routing.pace import Pace, Request, fit_pace, load_pace, save_pace

TRUE = Pace(fixed=0.05, linear=2e-5, quadratic=3e-11, written=0.02, samples=0)


def request(tokens, cached=0, pace=TRUE, written=11):
    first = pace.first_token(tokens, cached)
    return Request(tokens, cached, first, written, first + (written - 1) * pace.written)


REQUESTS = [request(n) for n in (1000, 4000, 16_000, 64_000, 256_000, 1_000_000)]


def test_the_pace_of_a_server_is_found_again():
    found = fit_pace([*REQUESTS, request(256_000, cached=255_000)])

    assert found.first_token(500_000, 0) == pytest.approx(TRUE.first_token(500_000, 0), rel=0.01)
    assert found.first_token(500_000, 499_000) == pytest.approx(
        TRUE.first_token(500_000, 499_000), rel=0.05
    )
    assert found.written == pytest.approx(0.02)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(10, 10**6), st.floats(0.001, 1000)), min_size=3, max_size=9))
def test_a_pace_never_predicts_negative_or_falling_times(pairs):
    found = fit_pace([Request(tokens, 0, seconds, 1, seconds) for tokens, seconds in pairs])

    times = [found.first_token(n, 0) for n in (0, 10, 1000, 100_000, 10**6)]
    assert times == sorted(times)
    assert times[0] >= 0
    assert found.first_token(1000, 900) <= found.first_token(1000, 0)


def test_too_few_requests_are_refused():
    with pytest.raises(ValueError, match="too few"):
        fit_pace(REQUESTS[:2])


def test_a_pace_is_read_back_as_it_was_saved(tmp_path):
    save_pace(TRUE, tmp_path / "deep" / "pace.json")

    assert load_pace(tmp_path / "deep" / "pace.json") == TRUE


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 9}', '{"schema": 1, "samples": 1}'])
def test_a_damaged_file_is_refused(tmp_path, text):
    (tmp_path / "pace.json").write_text(text)

    with pytest.raises(ConfigError, match=r"pace\.json"):
        load_pace(tmp_path / "pace.json")


def test_a_file_with_a_surprise_is_refused(tmp_path):
    save_pace(TRUE, tmp_path / "pace.json")
    form = json.loads((tmp_path / "pace.json").read_text()) | {"more": 1}
    (tmp_path / "pace.json").write_text(json.dumps(form))

    with pytest.raises(ConfigError):
        load_pace(tmp_path / "pace.json")
