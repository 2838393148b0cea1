"""Other systems' retrieval behind the same task, so that one table holds them all.

Every peer gets the text that docsense read, page by page, and cuts and ranks it in its own way with
its own defaults, which are named below. None is a dependency: install them where they are compared.
Their chunks differ in size: recall at a budget of tokens compares them fairly, hit@k does not.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from dataclasses import dataclass
from importlib import import_module
from threading import Lock, local
from typing import TYPE_CHECKING, Any

from docsense.errors import ConfigError, MissingExtraError
from docsense.tokens import default_counter
from docsense_evals.output import Output, Passage
from docsense_pipelines.sources import whole_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docsense.types import Document
    from docsense_evals.bench import Bench
    from docsense_evals.case import Case
    from docsense_evals.systems import Work
    from docsense_evals.task import Solve

    Search = Callable[[str, int], list[str]]
    """From a question and k to the names of pieces, best first."""

_WORDS = 200
_LINES = 50
"""Lines of a text without pages that a peer gets as one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a document, or some lines of it; units are 1-based and inclusive."""

    name: str
    uri: str
    first: int
    last: int
    text: str


def llamaindex_bm25(work: Work) -> Solve:
    """Return BM25 of LlamaIndex over its sentence splitter's 512 tokens, stemmed, English."""
    return _peer(work, "llama_index.retrievers.bm25", "llama-index-retrievers-bm25", _llamaindex)


def haystack_bm25(work: Work) -> Solve:
    """Return BM25 of Haystack's memory store over its splitter's 200 words."""
    return _peer(work, "haystack", "haystack-ai", _haystack)


def txtai_bm25(work: Work) -> Solve:
    """Return BM25 of txtai over pieces of 200 words; it has no splitter without extras."""
    return _peer(work, "txtai", "txtai", _txtai)


def _peer(
    work: Work, module: str, package: str, build: Callable[[Sequence[Page], int], Search]
) -> Solve:
    if work.kind != "search":
        raise ConfigError(f"{package}: only searches here", hint="write kind: search")
    # Haystack sends usage data unless it is told not to before it is imported.
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
    try:
        import_module(module)
    except ImportError as error:
        missing = MissingExtraError(package, extra="", purpose="to compare its retrieval")
        # No extra of ours: LlamaIndex's BM25 wants pystemmer 2, docsense 3. Both work with either.
        missing.hint = f"install it into this environment with: pip install {package}"
        raise missing from error
    own, lock = local(), Lock()

    def search(case: Case, bench: Bench) -> Output:
        key = bench.libraries.key(case.sources)
        built = own.__dict__
        if key not in built:
            pages = [page for document in whole_documents(bench.opened().store)
                     for page in pages_of(document)]  # fmt: skip
            with lock:  # imports and native parts of theirs are not made for several threads
                built.clear()
                built[key] = ({page.name: page for page in pages}, build(pages, work.k))
        by_name, find = built[key]
        return Output(passages=tuple(_passages(find(case.question, work.k), by_name)))

    return search


def _passages(names: Sequence[str], pages: dict[str, Page]) -> list[Passage]:
    """Return passages from a page's name, a tab and the text of a piece."""
    counter = default_counter()
    found = []
    for name in names:
        page, _, text = name.partition("\t")
        place = pages[page]
        found.append(Passage(uri=place.uri, first=place.first, last=place.last,
                             tokens=counter.count(text)))  # fmt: skip
    return found


def pages_of(document: Document) -> list[Page]:
    """Return the pages of a document; of a text without pages, blocks of 50 lines."""
    step = 1 if document.unit == "page" else _LINES
    starts = document.starts[::step]
    found = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else len(document.text)
        text = document.text[start:end]
        if text.strip():
            first = bisect_right(document.starts, start)
            last = min(first + step - 1, len(document.starts))
            found.append(Page(name=f"{document.uri}#{first}", uri=document.uri, first=first,
                              last=last, text=text))  # fmt: skip
    return found


def _llamaindex(pages: Sequence[Page], k: int) -> Search:
    import Stemmer  # type: ignore[import-not-found]  # ships no types
    from llama_index.core import Document as Source  # type: ignore[import-not-found]
    from llama_index.core.node_parser import SentenceSplitter  # type: ignore[import-not-found]
    from llama_index.retrievers.bm25 import BM25Retriever  # type: ignore[import-not-found]

    splitter = SentenceSplitter(chunk_size=512, chunk_overlap=0)
    nodes = splitter.get_nodes_from_documents(
        [Source(text=page.text, id_=page.name) for page in pages]
    )
    most = min(k, len(nodes))
    retriever: Any = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=most, stemmer=Stemmer.Stemmer("english"), language="english"
    )
    return lambda question, _: [
        f"{hit.node.ref_doc_id}\t{hit.node.text}" for hit in retriever.retrieve(question)
    ]


def _haystack(pages: Sequence[Page], k: int) -> Search:
    from haystack import Document as Source  # type: ignore[import-not-found]
    from haystack.components.preprocessors import (  # type: ignore[import-not-found]
        DocumentSplitter,
    )
    from haystack.document_stores.in_memory import (  # type: ignore[import-not-found]
        InMemoryDocumentStore,
    )

    splitter = DocumentSplitter(split_by="word", split_length=_WORDS)
    splitter.warm_up()
    sources = [Source(content=page.text, meta={"page": page.name}) for page in pages]
    store: Any = InMemoryDocumentStore()
    store.write_documents(splitter.run(documents=sources)["documents"])
    return lambda question, most: [
        f"{hit.meta['page']}\t{hit.content}"
        for hit in store.bm25_retrieval(query=question, top_k=most)
    ]


def _txtai(pages: Sequence[Page], k: int) -> Search:
    from txtai.scoring import ScoringFactory  # type: ignore[import-not-found]

    pieces = [
        f"{page.name}\t{' '.join(words[at : at + _WORDS])}"
        for page in pages for words in [page.text.split()] for at in range(0, len(words), _WORDS)
    ]  # fmt: skip
    scoring: Any = ScoringFactory.create({"method": "bm25", "terms": True})
    scoring.index((i, piece.partition("\t")[2], None) for i, piece in enumerate(pieces))
    return lambda question, most: [pieces[i] for i, _ in scoring.search(question, most)]
