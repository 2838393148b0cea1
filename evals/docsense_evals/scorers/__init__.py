"""Metrics: functions from a case, an output and its bench to named scores; one needs a judge.

A metric returns nothing for what it cannot tell: the means are over the cases that have the score.
Third parties register theirs as an entry point of the group ``docsense.metrics``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docsense_evals.bench import Bench
    from docsense_evals.case import Case
    from docsense_evals.output import Output

_LESS = ("seconds", "tokens", "cost", "requests", "regret", "answered_wrong", "refused_wrong")
TIMED = ("seconds", "first_token_seconds", "server_seconds", "cost")
"""Scores that differ from run to run whatever is done; all others repeat exactly."""


class Metric(Protocol):
    """Scores one output; ``bench`` reads sources and, for a judge, reaches the engine."""

    def __call__(self, case: Case, output: Output, bench: Bench) -> Mapping[str, float]: ...


def less_is_better(name: str) -> bool:
    """Tell whether a score falls with quality: time, tokens, cost, regret and wrong decisions."""
    return name in _LESS or name.endswith(("_seconds", "_tokens")) or name.startswith("regret")
