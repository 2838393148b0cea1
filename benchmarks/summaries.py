"""ROUGE of extractive summaries on meetings (QMSum) and stories (SQuALITY), beside their floors.

Every system gets the same text and the same number of words: the mean length of the references.
Floors are the lead of the text and the paragraphs (turns) that BM25 ranks first. A score is the
best over a question's references, as usual for SQuALITY.

    python benchmarks/summaries.py --qmsum DATA/qmsum/meetings --squality DATA/squality
"""

from __future__ import annotations

import argparse
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docsense.extract.ranking import inverse_frequencies, relevance
from docsense.extract.summary import summarize
from docsense.extract.values import SourceText
from docsense.language import query_terms, terms
from docsense.types import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_METRICS = ("rouge1", "rouge2", "rougeLsum")
_NOISE = re.compile(r"\{\w+\}")
_SPACE_BEFORE_STOP = re.compile(r" ([.,?!'])")


@dataclass(frozen=True, slots=True)
class Task:
    """A question about a text and what people wrote in answer."""

    text: str
    question: str
    references: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qmsum", type=Path, help="folder of meetings, one JSON file each")
    parser.add_argument("--squality", type=Path, help="folder with squality.jsonl")
    parser.add_argument("--words", type=int, help="budget; default: mean length of references")
    options = parser.parse_args()
    print(f"{'set':9} {'words':>5} {'system':10} {'R-1':>6} {'R-2':>6} {'R-Lsum':>6} {'CPU s':>6}")
    for name, tasks in (
        ("qmsum", list(_qmsum(options.qmsum)) if options.qmsum else []),
        ("squality", list(_squality(options.squality)) if options.squality else []),
    ):
        lengths = [len(r.split()) for task in tasks for r in task.references]
        words = options.words or sum(lengths) // max(1, len(lengths))
        for system, write in _SYSTEMS.items() if tasks else ():
            _report(name, system, write, tasks, words)


def _report(
    name: str, system: str, write: Callable[[Task, int], str], tasks: list[Task], words: int
) -> None:
    from rouge_score.rouge_scorer import RougeScorer

    started = time.process_time()
    written = [write(task, words) for task in tasks]
    seconds = time.process_time() - started
    scorer = RougeScorer(list(_METRICS), use_stemmer=True)
    sums = dict.fromkeys(_METRICS, 0.0)
    for task, text in zip(tasks, written, strict=True):
        scores = [scorer.score(reference, text) for reference in task.references]
        for metric in _METRICS:
            sums[metric] += max(score[metric].fmeasure for score in scores)
    means = " ".join(f"{100 * sums[metric] / len(tasks):6.1f}" for metric in _METRICS)
    print(f"{name:9} {words:5} {system:10} {means} {seconds:6.2f}")


def _lead(task: Task, words: int) -> str:
    kept, used = [], 0
    for paragraph in _paragraphs(task.text):
        kept.append(" ".join(paragraph.split()[: words - used]))
        used += len(paragraph.split())
        if used >= words:
            break
    return "\n".join(kept)


def _bm25(task: Task, words: int) -> str:
    paragraphs = _paragraphs(task.text)
    analyzed = [terms(paragraph, language="en") for paragraph in paragraphs]
    query = dict.fromkeys(query_terms(task.question, languages=["en"]), 1.0)
    scores = relevance(analyzed, query, idf=inverse_frequencies(analyzed))
    kept, used = [], 0
    for i in sorted(range(len(scores)), key=lambda i: (-scores[i], i)):
        kept.append(i)
        used += len(paragraphs[i].split())
        if used >= words:
            break
    return "\n".join(paragraphs[i] for i in sorted(kept))


def _docsense(task: Task, words: int) -> str:
    document = Document(uri="text", name="text", text=task.text, unit="line", starts=(0,))
    draft = summarize([SourceText(document, "en")], words=words, focus=task.question)
    spans = [*draft.overview, *(s for part in draft.parts for s in part.sentences)]
    spans.sort(key=lambda span: span.start)
    return "\n".join(task.text[span.start : span.end] for span in spans)


_SYSTEMS: dict[str, Callable[[Task, int], str]] = {
    "lead": _lead,
    "bm25": _bm25,
    "docsense": _docsense,
}


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def _qmsum(folder: Path) -> Iterator[Task]:
    """Yield every query; marks of noise and the space before punctuation are taken out."""
    for path in sorted(folder.glob("*.json")):
        meeting = json.loads(path.read_text(encoding="utf-8"))
        turns = [
            f"{turn['speaker']}: {' '.join(_NOISE.sub('', turn['content']).split())}"
            for turn in meeting["meeting_transcripts"]
        ]
        text = _SPACE_BEFORE_STOP.sub(r"\1", "\n\n".join(turns))
        for query in meeting["general_query_list"] + meeting["specific_query_list"]:
            yield Task(text, query["query"], (query["answer"],))


def _squality(folder: Path) -> Iterator[Task]:
    with (folder / "squality.jsonl").open(encoding="utf-8") as lines:
        for story in map(json.loads, lines):
            for question in story["questions"]:
                references = tuple(r["response_text"] for r in question["responses"])
                yield Task(story["document"], question["question_text"], references)


if __name__ == "__main__":
    main()
