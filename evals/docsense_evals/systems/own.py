"""docsense itself, through the pipelines that its commands call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense_evals.output import Output, from_answer, from_found, from_summary

if TYPE_CHECKING:
    from docsense.engines import Engine
    from docsense_evals.bench import Bench
    from docsense_evals.case import Case
    from docsense_evals.systems import Work
    from docsense_evals.task import Solve


def docsense(work: Work) -> Solve:
    """Return what searches, answers, summarizes or routes as the commands do."""

    def search(case: Case, bench: Bench) -> Output:
        from docsense_pipelines.search import search as find

        opened = bench.opened()
        with bench.fresh() as library:
            return from_found(
                find(case.question, library=library, store=opened.store,
                     embedder=opened.embedder, k=work.k, report=bench.report)
            )  # fmt: skip

    def ask(case: Case, bench: Bench) -> Output:
        from docsense_pipelines.ask import ask as answer

        opened = bench.opened()
        with bench.fresh() as library:
            return from_answer(
                answer(case.question, library=library, store=opened.store,
                       embedder=opened.embedder, engine=_engine(bench), wishes=bench.wishes(),
                       serving=bench.serving, k=work.k, report=bench.report)
            )  # fmt: skip

    def summarize(case: Case, bench: Bench) -> Output:
        from docsense_pipelines.summarize import summarize as write

        opened = bench.opened()
        with bench.fresh() as library:
            return from_summary(
                write(library=library, store=opened.store, words=work.words, focus=case.question,
                      engine=_engine(bench), wishes=bench.wishes(), serving=bench.serving,
                      report=bench.report)
            )  # fmt: skip

    return {"search": search, "ask": ask, "summarize": summarize, "route": _route}[work.kind]


def _engine(bench: Bench) -> Engine | None:
    """Return the engine; none for the extractive mode, which is the same with one or without."""
    return None if bench.variant == "extractive" else bench.engine


def _route(case: Case, bench: Bench) -> Output:
    from docsense_pipelines.route import route

    decision = route(case.question, store=bench.opened().store, engine=bench.engine,
                     wishes=bench.wishes(), serving=bench.serving)  # fmt: skip
    return Output(mode=decision.route.mode, text="; ".join(decision.route.reasons),
                  figures=dict(decision.route.estimates))  # fmt: skip
