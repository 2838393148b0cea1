"""Which sentences carry a text: relevance to a focus, and the greedy coverage of concepts.

A summary is chosen as the sentences that together cover the most weight of concepts (terms and
pairs of terms), after Gillick and Favre (2009) and Lin and Bilmes (2011): what is said once is not
worth saying again, so redundancy needs no term of its own. Of text that is edited under headings;
what else there is goes to ``overlap``. Everything is deterministic; ties
go to the sentence that stands first.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import exp, fsum, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

    from docsense.extract.values import Sentence

    Concept = str | tuple[str, str]

_K1, _B = 1.2, 0.5
_FEEDBACK_SENTENCES, _FEEDBACK_TERMS, _FEEDBACK_WEIGHT = 20, 15, 0.3
_REACH = 4
_FLOOR = 0.05
_PAIR_WEIGHT = 0.5
_LENGTH_POWER = 0.6
_GROUP_DAMPING = 0.6
_SECTION_DAMPING = 0.3
_LEAD_BONUS = 1.0
_SLACK = 12
_STRETCH = 10
_TITLE_FACTOR = 1.5
_LEAST_QUALITY = 0.25
_READABLE = 0.6


def inverse_frequencies(sentences: Iterable[Iterable[str]]) -> dict[str, float]:
    """Return log(1 + n / sentences with the term) of every term."""
    found: Counter[str] = Counter()
    total = 0
    for terms in sentences:
        found.update(set(terms))
        total += 1
    return {term: log(1 + total / count) for term, count in found.items()}


def relevance(
    sentences: Sequence[Sequence[str]], query: Mapping[str, float], *, idf: Mapping[str, float]
) -> list[float]:
    """Return BM25 of each sentence for weighted query terms, the largest 1."""
    mean = sum(map(len, sentences)) / max(1, len(sentences)) or 1.0
    weights = {term: weight * idf.get(term, 0.0) * (_K1 + 1) for term, weight in query.items()}
    scores = []
    for terms in sentences:
        counts = Counter(term for term in terms if term in weights)
        norm = _K1 * (1 - _B + _B * len(terms) / mean)
        scores.append(sum(weights[term] * n / (n + norm) for term, n in counts.items()))
    return _scaled(scores)


def focused(
    sentences: Sequence[Sequence[str]], query: Sequence[str], *, idf: Mapping[str, float]
) -> list[float]:
    """Return how much each sentence has to do with a focus, the largest 1.

    A sentence counts for what it says and for what stands around it, and the terms that are common
    where the focus is treated count a little too (pseudo relevance feedback).
    """
    weights = dict.fromkeys(query, 1.0)
    first = _with_surroundings(relevance(sentences, weights, idf=idf))
    best = heapq.nsmallest(_FEEDBACK_SENTENCES, range(len(first)), key=lambda i: (-first[i], i))
    counts = Counter(term for i in best if first[i] > 0 for term in set(sentences[i]))
    common = [(n * idf[term], term) for term, n in counts.items() if n >= 3 and term not in weights]
    related = heapq.nsmallest(_FEEDBACK_TERMS, common, key=lambda pair: (-pair[0], pair[1]))
    if not related:
        return first
    for value, term in related:
        weights[term] = _FEEDBACK_WEIGHT * value / related[0][0]
    return _with_surroundings(relevance(sentences, weights, idf=idf))


def _with_surroundings(scores: list[float]) -> list[float]:
    """Return the mean of each score and its smoothed neighbourhood, nearer neighbours heavier."""
    around = [0.0] * len(scores)
    for i, score in enumerate(scores):
        if score:
            for j in range(max(0, i - _REACH), min(len(scores), i + _REACH + 1)):
                around[j] += score * (_REACH + 1 - abs(i - j))
    return _scaled([a + b for a, b in zip(_scaled(scores), _scaled(around), strict=True)])


def _scaled(scores: list[float]) -> list[float]:
    top = max(scores, default=0.0)
    return [score / top for score in scores] if top > 0 else scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Sentences to choose from, with the concepts of each and what every concept is worth."""

    sentences: Sequence[Sentence]
    concepts: Sequence[frozenset[Concept]]
    weights: Mapping[Concept, float]
    relevance: Sequence[float] | None


def pool(
    sentences: Sequence[Sentence],
    *,
    relevance: Sequence[float] | None = None,
    titled: Collection[str] = (),
) -> Pool:
    """Weigh the concepts of sentences by how widely, or how relevantly, they are said.

    Without a focus a concept counts once in ten sentences, so that one long note about one thing
    does not stand for the whole.

    Args:
        relevance: Of each sentence to a focus, in [0, 1]; None when there is no focus.
        titled: Terms of the titles above the sentences: what a title names is worth more.
    """
    concepts = [_concepts(sentence.terms) for sentence in sentences]
    weights: defaultdict[Concept, float] = defaultdict(float)
    seen: Counter[Concept] = Counter()
    last: dict[Concept, int] = {}
    for i, (sentence, found) in enumerate(zip(sentences, concepts, strict=True)):
        if sentence.quality > 0:
            worth = 1.0 if relevance is None else relevance[i] + _FLOOR
            for concept in found:
                if relevance is not None or last.get(concept) != i // _STRETCH:
                    weights[concept] += worth
                    last[concept] = i // _STRETCH
            seen.update(found)
    least = 2 if len(sentences) > 12 else 1
    kept = {
        concept: weight * _factor(concept, titled)
        for concept, weight in weights.items()
        if seen[concept] >= least
    }
    return Pool(sentences=sentences, concepts=concepts, weights=kept, relevance=relevance)


def _factor(concept: Concept, titled: Collection[str]) -> float:
    if isinstance(concept, tuple):
        return _PAIR_WEIGHT
    return _TITLE_FACTOR if concept in titled else 1.0


def _concepts(terms: Sequence[str]) -> frozenset[Concept]:
    found: set[Concept] = set(terms)
    found.update(pairwise(terms))
    return frozenset(found)


def choose(
    pool: Pool,
    *,
    budget: int,
    within: Iterable[int] | None = None,
    groups: Sequence[int] | None = None,
    sections: Sequence[Hashable] | None = None,
    priors: Sequence[float] | None = None,
    least_quality: float = _LEAST_QUALITY,
) -> list[int]:
    """Return indexes of sentences in order of choice, until ``budget`` words are reached.

    The last sentence may go a little beyond the budget.

    Args:
        within: Sentences to choose from; None for all.
        groups: Part of the source that each sentence belongs to: each choice makes the others of
            its group worth less, so that all parts get their say.
        sections: The finer section of each sentence: a second choice from one is worth little.
        priors: Factor by which each sentence is worth more or less than its words.
    """
    rank_in_group = _ranks(groups, pool.sentences)
    open_groups: dict[int, float] = {}
    open_sections: dict[Hashable, float] = {}
    covered: set[Concept] = set()

    def value(i: int) -> float:
        sentence = pool.sentences[i]
        left = pool.concepts[i] - covered  # in no order: only an exact sum is always the same
        gain: float = fsum(pool.weights.get(concept, 0.0) for concept in left)
        gain *= sentence.quality / max(4, sentence.words) ** _LENGTH_POWER
        if pool.relevance is not None:
            return gain * (pool.relevance[i] + _FLOOR)
        if priors is not None:
            gain *= priors[i]
        if sections is not None:
            gain *= open_sections.get(sections[i], 1.0)
        if groups is not None:
            gain *= open_groups.get(groups[i], 1.0) * (1 + _LEAD_BONUS * exp(-rank_in_group[i] / 3))
        return gain

    indexes = range(len(pool.sentences)) if within is None else within
    # Values only ever fall, so the first that is still up to date is the best (lazy greedy).
    heap = [(-value(i), i) for i in indexes if pool.sentences[i].quality >= least_quality]
    heapq.heapify(heap)
    chosen: list[int] = []
    used = 0
    while heap and used < budget:
        known, i = heapq.heappop(heap)
        now = -value(i)
        if now >= 0:
            continue
        if now > known + 1e-12:
            heapq.heappush(heap, (now, i))
            continue
        if chosen and used + pool.sentences[i].words > budget + _SLACK:
            continue
        chosen.append(i)
        used += pool.sentences[i].words
        covered |= pool.concepts[i]
        if groups is not None:
            open_groups[groups[i]] = open_groups.get(groups[i], 1.0) * _GROUP_DAMPING
        if sections is not None:
            open_sections[sections[i]] = open_sections.get(sections[i], 1.0) * _SECTION_DAMPING
    return chosen


def _ranks(groups: Sequence[int] | None, sentences: Sequence[Sentence]) -> list[int]:
    """Return each sentence's rank within its group, from 0; only readable ones are counted."""
    seen: Counter[int] = Counter()
    ranks = []
    for group, sentence in zip(groups or [0] * len(sentences), sentences, strict=True):
        ranks.append(seen[group])
        seen[group] += sentence.quality >= _READABLE
    return ranks
