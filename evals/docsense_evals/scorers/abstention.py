"""Is an answer given when there is one, and refused when there is none? Four outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense_evals.scorers.answers import matches
from docsense_evals.scorers.retrieval import touches

if TYPE_CHECKING:
    from docsense_evals.bench import Bench
    from docsense_evals.case import Case
    from docsense_evals.output import Output

OUTCOMES = ("answered_right", "answered_wrong", "refused_right", "refused_wrong")
EXTRACTIVE = "extractive"


def abstention(case: Case, output: Output, bench: Bench) -> dict[str, float]:
    """Return the four outcomes, 1 for the one that came; and decided_right, 1 for the right two.

    A written answer is right when it matches a reference. Quoted passages (the extractive mode)
    are right as well when one touches a gold place: they answer in the source's words. A case with
    neither references nor gold counts as right when it is answered.
    """
    if case.answerable is None:
        return {}
    if output.abstained:
        outcome = "refused_wrong" if case.answerable else "refused_right"
    elif case.answerable and is_right(case, output):
        outcome = "answered_right"
    else:
        outcome = "answered_wrong"
    scores = {name: float(name == outcome) for name in OUTCOMES}
    return {**scores, "decided_right": float(outcome in ("answered_right", "refused_right"))}


def is_right(case: Case, output: Output) -> bool:
    """Tell whether an answer that was given is right, as ``abstention`` says."""
    if not case.answers and not case.gold:
        return bool(output.text)
    if any(matches(output.text, gold) for gold in case.answers):
        return True
    quoted = output.mode == EXTRACTIVE or not case.answers
    return quoted and any(touches(q, item) for q in output.quotes for item in case.gold)
