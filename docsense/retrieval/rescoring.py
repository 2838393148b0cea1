"""BM25 of every candidate: those that only the vectors found get their score for words as well.

A score that stands in for a missing one distorts the sum of both lists: on code search, where the
two lists share few passages, the mean reciprocal rank fell from .53 to .45.
"""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from docsense.language import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docsense.types import Chunk

_K1 = 1.2
_B = 0.75


def bm25(
    chunks: Iterable[Chunk],
    weights: Mapping[str, float],
    *,
    frequencies: Mapping[str, int],
    total: int,
    languages: Mapping[str, str],
) -> dict[str, float]:
    """Return a BM25 score by chunk id, by the formula and constants of the stores.

    The mean length is that of the candidates: the library's is not kept, and the ranking hardly
    depends on it.

    Args:
        weights: How much each analyzed term counts.
        frequencies: In how many of the ``total`` chunks of the library each term occurs.
        languages: Language by document id.
    """
    bags = {
        chunk.id: Counter(
            terms(f"{chunk.context}\n{chunk.text}", language=languages.get(chunk.document_id, ""))
        )
        for chunk in chunks
    }
    mean = sum(bag.total() for bag in bags.values()) / max(1, len(bags)) or 1.0
    rarity = {
        term: weight * log(1 + (total - frequencies[term] + 0.5) / (frequencies[term] + 0.5))
        for term, weight in weights.items()
        if frequencies.get(term)
    }
    return {id: _score(bag, rarity, bag.total() / mean) for id, bag in bags.items()}


def _score(bag: Counter[str], rarity: Mapping[str, float], length: float) -> float:
    damping = _K1 * (1 - _B + _B * length)
    return sum(
        idf * bag[term] * (_K1 + 1) / (bag[term] + damping)
        for term, idf in rarity.items()
        if term in bag
    )
