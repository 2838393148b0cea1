"""Ask a document and summarize it: run ``python examples/quickstart.py [PATH] [QUESTION]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from docsense.index import library_for
from docsense.settings import load_settings
from docsense.stores.lance import LanceStore
from docsense.tokens import default_counter
from docsense_pipelines import ask, ingest, summarize

MANUAL = Path(__file__).parent / "docsense-manual.pdf"


def main() -> None:
    """Print an answer with its places, and a short summary."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else MANUAL
    question = sys.argv[2] if len(sys.argv) > 2 else "When does a document become visible?"
    library = library_for([path], home=load_settings(os.environ).home)
    store = LanceStore(library.path)
    ingest([path], library=library, store=store, counter=default_counter())

    answer = ask(question, library=library, store=store, k=2)
    print(answer.text)
    for citation in answer.citations:
        print(f"[{citation.number}] {citation.name}, {citation.unit} {citation.first}")

    summary = summarize(library=library, store=store, words=100)
    print(f"\n{summary.title}")
    for claim in summary.overview:
        print(f"- {' '.join(claim.text.split())}")


if __name__ == "__main__":
    main()
