"""Page hit@k and MRR of a search over PDFs whose gold pages are known, by mode.

    python -m benchmarks.retrieval DATA [--embedder NAME]

DATA has ``financebench/`` and ``mmlongbench_doc/``. The filing is known: each PDF is a library of
its own. Modes: words only (none), or words and vectors. Pages count in order of their best passage.
"""

from __future__ import annotations

import argparse
import ast
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docsense.index import library_for
from docsense.retrieval import retrieve
from docsense.stores.lance import LanceStore
from docsense.tokens import default_counter
from docsense_evals.metrics import hit_at, reciprocal_rank
from docsense_pipelines import fill_vectors, ingest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docsense.embedders import Embedder

_KS = (1, 5, 20)


class Case(NamedTuple):
    """A question, the PDF that answers it, and the pages (1-based) that do."""

    question: str
    pdf: Path
    pages: frozenset[int]
    origin: str


def cases(data: Path) -> Iterator[Case]:
    """Yield the answerable questions with their gold pages."""
    folder = data / "financebench"
    for row in _rows(folder / "questions.jsonl"):
        pages = frozenset(e["evidence_page_num"] + 1 for e in row["evidence"])
        pdf = folder / "pdfs" / f"{row['doc_name']}.pdf"
        yield Case(row["question"], pdf, pages, "financebench")
    folder = data / "mmlongbench_doc"
    for row in _rows(folder / "questions.jsonl"):
        pages = frozenset(ast.literal_eval(row["evidence_pages"]))
        if pages:
            text = "text" in row["evidence_sources"].lower()
            origin = "mmlongbench text" if text else "mmlongbench other"
            yield Case(row["question"], folder / "pdfs" / row["doc_id"], pages, origin)


def _rows(path: Path) -> list[dict]:  # type: ignore[type-arg]  # rows of other people's JSON
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Print hit@k and MRR per set."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", default="all-MiniLM-L6-v2")
    options = parser.parse_args()
    embedder = _embedder(options.embedder)
    by_pdf: dict[Path, list[Case]] = defaultdict(list)
    for case in cases(options.data):
        by_pdf[case.pdf].append(case)
    ranked: dict[str, list[tuple[list[int], frozenset[int]]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as home:
        for pdf, group in by_pdf.items():
            library = library_for([pdf], home=Path(home))
            store = LanceStore(library.path)
            ingest([pdf], library=library, store=store, counter=default_counter())
            if embedder is not None:
                store = LanceStore(library.path, embedder_name=embedder.name, dim=embedder.dim)
                fill_vectors(store, embedder)
            for case in group:
                found = retrieve(case.question, store=store, embedder=embedder, k=60)
                pages = [p for h in found.hits for p in range(h.chunk.first, h.chunk.last + 1)]
                ranked[case.origin].append((list(dict.fromkeys(pages)), case.pages))
    heads = "".join(f"{f'hit@{k}':>8}" for k in _KS)
    print(f"{'set':<20}{'n':>5}{heads}{'MRR':>8}   embedder {options.embedder}")
    for origin, rows in sorted(ranked.items()):
        hits = "".join(f"{sum(hit_at(r, g, k=k) for r, g in rows) / len(rows):>8.3f}" for k in _KS)
        mrr = sum(reciprocal_rank(r, g) for r, g in rows) / len(rows)
        print(f"{origin:<20}{len(rows):>5}{hits}{mrr:>8.3f}")


def _embedder(name: str) -> Embedder | None:
    if name == "none":
        return None
    from docsense.embedders.default import default_embedder

    return default_embedder(name)


if __name__ == "__main__":
    main()
