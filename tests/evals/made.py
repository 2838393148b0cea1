"""A task made of a function, and one score: whether the text is yes."""

from __future__ import annotations

from docsense_evals import Case, Task


def right(case, output, bench):
    return {"right": float(output.text == "yes")}


def task(solve, *ids, **options):
    cases = tuple(Case(id=id, question=f"is it {id}?") for id in ids or ("a", "b", "c"))
    return Task(name="made", cases=cases, solve=solve, metrics={"right": right}, headline="right",
                **options)  # fmt: skip
