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
    from collections.abc import Mapping

_K1 = 1.2
_B = 0.75
_NAME = 3


def bm25(
    analyzed: Mapping[str, str],
    weights: Mapping[str, float],
    *,
    frequencies: Mapping[str, int],
    total: int,
    names: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """Return a BM25 score by chunk id, by the formula and constants of the stores.

    The mean length is that of the candidates: the library's is not kept, and the ranking hardly
    depends on it.

    Args:
        analyzed: The terms of each chunk by its id, separated by spaces.
        weights: How much each analyzed term counts.
        frequencies: In how many of the ``total`` chunks of the library each term occurs.
        names: What passages are called, by chunk id; a word of the name counts thrice as much
            again, and makes no passage longer (a field of BM25F).
    """
    split = {id: text.split(" ") for id, text in analyzed.items()}
    bags = {id: Counter(filter(weights.__contains__, words)) for id, words in split.items()}
    counts = {id: len(words) - words.count("") for id, words in split.items()}
    mean = sum(counts.values()) / max(1, len(counts)) or 1.0
    lengths = {id: count / mean for id, count in counts.items()}
    for id, name in (names or {}).items():
        for term in terms(name, language="en"):
            if id in bags and term in weights:
                bags[id][term] += _NAME
    rarity = {
        term: weight * log(1 + (total - frequencies[term] + 0.5) / (frequencies[term] + 0.5))
        for term, weight in weights.items()
        if frequencies.get(term)
    }
    return {id: _score(bag, rarity, lengths[id]) for id, bag in bags.items()}


def _score(bag: Counter[str], rarity: Mapping[str, float], length: float) -> float:
    damping = _K1 * (1 - _B + _B * length)
    return sum(
        idf * bag[term] * (_K1 + 1) / (bag[term] + damping)
        for term, idf in rarity.items()
        if term in bag
    )
