"""One score from two lists: how much each counts depends on how many words the question has.

BM25 knows a passage only by the question's own words: three words leave it little to tell passages
apart, fifteen are good evidence. So vectors weigh most for short questions and as much as words for
long ones. Ablation: docs/retrieval.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG, _SHORT, _STEP, _FEW = 0.5, 0.9, 0.06, 3
_BESIDE = 0.1


def vector_weight(terms: int) -> float:
    """Return the share of vectors for a question of so many terms: .9 up to 3, .5 from 10 on."""
    return max(_LONG, _SHORT - _STEP * max(0, terms - _FEW))


def fused(
    words: Mapping[str, float], vectors: Mapping[str, float], *, weight: float
) -> dict[str, float]:
    """Return one score per id of ``words``, in spreads above the mean; without vectors, ``words``.

    Args:
        weight: Share of ``vectors``; an id that has none gets the lowest of them.
    """
    if not vectors:
        return dict(words)
    lowest = min(vectors.values())
    of_words = _standardized(words)
    of_vectors = _standardized({id: vectors.get(id, lowest) for id in words})
    return {id: (1 - weight) * of_words[id] + weight * of_vectors[id] for id in words}


def spread(scores: Mapping[str, float]) -> float:
    """Return the standard deviation of scores, 1 if that is 0."""
    mean = sum(scores.values()) / max(1, len(scores))
    return (sum((v - mean) ** 2 for v in scores.values()) / max(1, len(scores))) ** 0.5 or 1.0


def _standardized(scores: Mapping[str, float]) -> dict[str, float]:
    mean, width = sum(scores.values()) / max(1, len(scores)), spread(scores)
    return {id: (score - mean) / width for id, score in scores.items()}


def beside(scores: Mapping[str, float]) -> dict[str, float]:
    """Return the scores, each with a tenth of the mean of the passages right before and after.

    Evidence comes in runs: a table and its notes, a section and its list. A neighbor that is no
    candidate counts as the worst one.

    Args:
        scores: By chunk id; ids end with the position in their document.
    """
    worst = min(scores.values(), default=0.0)
    return {
        id: score + _BESIDE * sum(scores.get(n, worst) for n in neighbor_ids(id)) / 2
        for id, score in scores.items()
    }


def neighbor_ids(chunk_id: str) -> tuple[str, str]:
    """Return the ids of the chunks before and after; they need not exist."""
    document_id, _, position = chunk_id.rpartition("-")
    return (
        f"{document_id}-{int(position) - 1:06d}",
        f"{document_id}-{int(position) + 1:06d}",
    )
