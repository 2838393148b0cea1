"""The route that a question would take, from counts alone: nothing is read or sent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from docsense.retrieval import retrieve
from docsense.routing import choose, classify
from docsense_pipelines.deciding import (
    PASSAGES,
    corpus_of,
    document_names,
    inputs_of,
    reads_everything,
)

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
    known = partial(inputs_of, task, corpus, engine=engine, wishes=wishes, serving=serving)
    if reads_everything(known()):
        return choose(known())
    return choose(known(found=retrieve(question, store=store, k=PASSAGES)))
