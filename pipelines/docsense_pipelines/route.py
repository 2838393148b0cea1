"""The route that a question would take, from counts alone: nothing is read or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense.retrieval import retrieve
from docsense.routing import classify
from docsense_pipelines.deciding import corpus_of, decide, document_names
from docsense_pipelines.quoted import PASSAGES

if TYPE_CHECKING:
    from docsense.engines import Engine
    from docsense.routing import Decision
    from docsense.stores import Store
    from docsense_pipelines.deciding import Serving, Wishes


def route(
    question: str,
    *,
    store: Store,
    engine: Engine | None,
    wishes: Wishes,
    serving: Serving,
) -> Decision:
    """Return how ``ask`` would answer; words alone tell in which documents the evidence lies.

    Raises:
        ContextOverflowError: The mode that is insisted on does not fit the served window.
        ConfigError: It cannot keep the bounds on seconds or cost.
        EngineUnavailableError: It needs a model, and there is none.
    """
    corpus = corpus_of(store.documents())
    task = classify(question, documents=document_names(corpus.records))
    decision = decide(task, corpus, engine=engine, wishes=wishes, serving=serving)
    if decision.route.mode in ("stuff", "map-reduce"):
        return decision
    found = retrieve(question, store=store, k=PASSAGES)
    return decide(task, corpus, engine=engine, wishes=wishes, serving=serving, found=found)
