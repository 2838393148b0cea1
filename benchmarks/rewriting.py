"""What other queries can gain and lose, whatever model writes them: the bounds of the merge.

    python -m benchmarks.rewriting DATA [--embedder NAME]

Over all filings of ``DATA/financebench`` as one library. "useless": each question with three
queries that are questions about other filings, as the worst that a model may write. "parts": two
questions about one filing asked as one, with the two as its queries, as the best; found means gold
pages of both. The baseline is the search without other queries, for k as ``search`` (10) and
``ask`` (40).
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reranking import places
from benchmarks.retrieval import cases, embedder_of, library
from docsense.language import stop_words
from docsense.retrieval import resolve, retrieve
from docsense.rewriting import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.retrieval import Case
    from docsense.embedders import Embedder
    from docsense.stores import Store
    from docsense.types import Hit

_KS = (10, 40)


class Search:
    """Searches as a rewritten question is searched: queries in the question's own documents."""

    def __init__(self, store: Store, embedder: Embedder | None) -> None:
        self._store, self._embedder = store, embedder
        self._records = list(store.documents().values())

    def own(self, question: str, k: int) -> tuple[Hit, ...]:
        return retrieve(question, store=self._store, embedder=self._embedder, k=k).hits

    def with_queries(self, question: str, queries: Sequence[str], k: int) -> tuple[Hit, ...]:
        within = resolve(question, self._records).within
        lists = [
            retrieve(query, store=self._store, embedder=self._embedder, k=k, within=within).hits
            for query in queries
        ]
        return merged(self.own(question, k), lists, k=k)


def lower(question: str) -> str:
    """Return a question as the second part of a sentence."""
    first = question.partition(" ")[0]
    return question[:1].lower() + question[1:] if first.lower() in stop_words("en") else question


def useless(group: Sequence[Case], search: Search, k: int) -> tuple[list[bool], list[bool]]:
    """Return for each question whether a gold page is found, without and with useless queries."""
    plain, queried = [], []
    for n, case in enumerate(group):
        document = next(iter(case.gold))[0]
        others = [c.question for c in (*group[n:], *group[:n]) if document not in dict(c.gold)]
        for found, hits in (
            (plain, search.own(case.question, k)),
            (queried, search.with_queries(case.question, others[:3], k)),
        ):
            found.append(bool(case.gold & set(places(hits, case.gold))))
    return plain, queried


def parts(group: Sequence[Case], search: Search, k: int) -> tuple[list[bool], list[bool]]:
    """Return for each pair of questions whether gold pages of both are found."""
    by_document: dict[str, list[Case]] = defaultdict(list)
    for case in group:
        by_document[next(iter(case.gold))[0]].append(case)
    plain, queried = [], []
    for own in by_document.values():
        for a, b in combinations(own, 2):
            question = f"{a.question.rstrip('?. ')}, and {lower(b.question)}"
            for found, hits in (
                (plain, search.own(question, k)),
                (queried, search.with_queries(question, [a.question, b.question], k)),
            ):
                pages = set(places(hits, a.gold))
                found.append(bool(a.gold & pages) and bool(b.gold & pages))
    return plain, queried


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", default="none")
    options = parser.parse_args()
    embedder = embedder_of(options.embedder)
    print(f"embedder {options.embedder}, {os.cpu_count()} cores; baseline: no other query")
    print(f"{'queries':<10}{'k':>4}{'n':>5}{'without':>9}{'with':>7}{'lost':>6}{'gained':>8}")
    measures: dict[str, Callable[..., tuple[list[bool], list[bool]]]]
    measures = {"useless": useless, "parts": parts}
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as functions:
        every = cases(options.data, repositories=None, functions=Path(functions))
        group = [case for case in every if case.origin == "financebench all"]
        search = Search(library(group[0].source, home=Path(home), embedder=embedder), embedder)
        for name, measure in measures.items():
            for k in _KS:
                plain, queried = measure(group, search, k)
                both = list(zip(plain, queried, strict=True))
                print(
                    f"{name:<10}{k:>4}{len(both):>5}{sum(plain) / len(both):>9.2f}"
                    f"{sum(queried) / len(both):>7.2f}{sum(a and not b for a, b in both):>6}"
                    f"{sum(b and not a for a, b in both):>8}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
