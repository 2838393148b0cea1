from __future__ import annotations

import threading
from collections import Counter

import pytest

from docsense.errors import EngineUnavailableError, SourceError
from docsense_evals import Output, evaluate
from docsense_evals.results import groups
from tests.evals.made import task


def test_a_failed_case_counts_as_wrong_and_is_run_again(setting):
    away = {"b"}

    def solve(case, bench):
        if case.id in away:
            raise SourceError("b.pdf: gone", hint="bring it back")
        return Output(text="yes")

    first = evaluate([task(solve, identity={"v": 1})], setting)
    away.clear()
    second = evaluate([task(solve, identity={"v": 1})], setting)

    assert first.samples["made", "", "b"].error == "b.pdf: gone (bring it back)"
    assert groups(first)[0].scores["right"].mean == pytest.approx(2 / 3)
    assert groups(first)[0].errors == 1
    assert groups(second)[0].scores["right"].mean == 1.0
    assert [s.reused for s in second.ordered()] == [True, False, True]


def test_a_case_that_takes_too_long_is_ended_and_the_others_go_on(setting):
    never = threading.Event()

    def solve(case, bench):
        if case.id == "b":
            never.wait(30)
        return Output(text="yes")

    run = evaluate([task(solve, timeout=0.2, retries=0)], setting)
    never.set()

    assert "no result within 0.2 seconds" in run.samples["made", "", "b"].error
    assert [s.id for s in run.ordered() if not s.error] == ["a", "c"]


def test_an_engine_that_was_away_is_asked_again(setting):
    tries = Counter()

    def solve(case, bench):
        tries[case.id] += 1
        if tries[case.id] == 1:
            raise EngineUnavailableError("server: not there")
        return Output(text="yes")

    run = evaluate([task(solve, retries=1)], setting)

    assert groups(run)[0].errors == 0
    assert set(tries.values()) == {2}
