"""A metric of your own: how many words an answer takes, and whether it names a unit of time.

Run it with ``python -m examples.eval_metric``. To use it by name in every suite, register it:

    [project.entry-points."docsense.metrics"]
    brevity = "my_package.brevity:brevity"
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from docsense_evals import Bench, Case, Output, Setting, Task, evaluate
from docsense_evals.systems import Work
from docsense_evals.systems.own import docsense

MANUAL = Path(__file__).with_name("docsense-manual.pdf")


def brevity(case: Case, output: Output, bench: Bench) -> dict[str, float]:
    words = output.text.split()
    return {"words": float(len(words)), "has_unit": float("seconds" in words)}


def task() -> Task:
    question = "How long does a second process wait for the lock of a library?"
    case = Case(id="lock", question=question, sources=(str(MANUAL),))
    return Task(name="brief", cases=(case,), solve=docsense(Work(kind="ask", k=1)),
                metrics={"brevity": brevity}, headline="has_unit")  # fmt: skip


if __name__ == "__main__":
    with TemporaryDirectory() as home:
        run = evaluate([task()], Setting(home=Path(home)))
        for sample in run.ordered():
            print(sample.id, dict(sample.scores))
