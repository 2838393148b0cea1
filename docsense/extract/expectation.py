"""What a reader's summary of some sentences would say: the rate of every word, and its worth.

The summary is a bag of words with Poisson counts: function words come as often as in prose about
others, content words as often as what is relevant says them. The n-th mention of a word is worth
the chance that at least n of them are written, so worth only falls.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from math import exp
from typing import TYPE_CHECKING, NamedTuple

from docsense.extract.register import (
    FILLERS,
    FIRST_OR_SECOND_PERSON,
    IN_PRINT,
    IN_PRINT_SHARE,
)
from docsense.language import stop_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docsense.extract.values import Sentence, SourceText

    Token = str | tuple[str, str]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CONTENT_SHARE = 0.42  # as much as the function words that are counted: about half each
_PRINT_SHARE = 0.5
_FILLER_FACTOR, _SHORT = 0.9, 4
_RELEVANCE_POWER, _BACKGROUND = 2.0, 0.7
_PAIR_WEIGHT = 0.25
_UNLIKELY = 1e-4
_CERTAIN = 500.0


class Said(NamedTuple):
    """What a sentence says: its function words, its content terms, and how fluently, in [0, 1)."""

    function: list[str]
    content: list[str]
    fluency: float


def read(sentence: Sentence, source: SourceText) -> Said:
    """Read a sentence of a source; fillers and few words make it less fluent."""
    english = (source.language or "en") == "en"
    listed = stop_words(source.language or "en")
    quote = source.document.text[sentence.start : sentence.end]
    words = _WORD.findall(quote.casefold().replace("’", "'"))
    fillers = sum(word in FILLERS for word in words)
    return Said(
        function=[word for word in words if word in listed or (english and word in IN_PRINT)],
        content=[term for term in sentence.terms if not (english and term in IN_PRINT)],
        fluency=_FILLER_FACTOR**fillers * len(words) / (len(words) + _SHORT),
    )


def worths(
    sentences: Sequence[Sentence],
    said: Sequence[Said],
    *,
    words: int,
    relevance: Sequence[float] | None,
    english: bool,
) -> dict[Token, list[float]]:
    """Return what the 1st, 2nd, ... mention of each token adds to the words expected to be shared.

    Pairs of terms are worth something once, if they occur twice.

    Args:
        words: Length of the summary that is expected.
        relevance: Of each sentence to a focus, in [0, 1]; None when there is no focus.
        english: Whether function words are expected as in English print.
    """
    weights = [1.0] * len(sentences) if relevance is None else _weights(sentences, relevance)
    content: defaultdict[Token, float] = defaultdict(float)
    pairs: defaultdict[Token, float] = defaultdict(float)
    seen: Counter[Token] = Counter()
    spoken: Counter[str] = Counter()
    for sentence, what, weight in zip(sentences, said, weights, strict=True):
        if sentence.quality > 0:
            for term in what.content:
                content[term] += weight
            found = list(dict.fromkeys(pairwise(sentence.terms)))  # in order, as sums want it
            for pair in found:
                pairs[pair] += weight
            seen.update(found)
            spoken.update(what.function)
    repeated = {pair: weight for pair, weight in pairs.items() if seen[pair] > 1}
    share = words * _CONTENT_SHARE
    worth = {token: _chances(rate) for token, rate in _rates(content, share).items()}
    for token, rate in _rates(repeated, share).items():
        worth[token] = [_PAIR_WEIGHT * (1 - exp(-rate))]
    for word, rate in _function_rates(spoken, english=english).items():
        worth[word] = _chances(words * rate)
    return worth


def _weights(sentences: Sequence[Sentence], relevance: Sequence[float]) -> list[float]:
    """Mix what is relevant with the whole: Jelinek-Mercer (Zhai and Lafferty 2001)."""
    powers = [value**_RELEVANCE_POWER for value in relevance]
    focus = sum(p * s.words for p, s in zip(powers, sentences, strict=True)) or 1.0
    whole = sum(s.words for s in sentences) or 1
    return [(1 - _BACKGROUND) * p / focus + _BACKGROUND / whole for p in powers]


def _rates(weights: Mapping[Token, float], words: float) -> dict[Token, float]:
    total = sum(weights.values()) or 1.0
    return {token: words * weight / total for token, weight in weights.items()}


def _function_rates(spoken: Mapping[str, int], *, english: bool) -> dict[str, float]:
    """Return the rate of each function word: as in print, and as in the sources without I and you.

    Of other languages than English only the sources tell.
    """
    kept = {word: n for word, n in spoken.items() if word not in FIRST_OR_SECOND_PERSON}
    total = sum(kept.values()) or 1
    share = _PRINT_SHARE if english else 0.0
    printed = sum(IN_PRINT.values())
    rates = {word: (1 - share) * n / total for word, n in kept.items()}
    for word, rate in IN_PRINT.items() if english else ():
        rates[word] = rates.get(word, 0.0) + share * rate / printed
    return {word: IN_PRINT_SHARE * rate for word, rate in rates.items()}


def _chances(rate: float) -> list[float]:
    """Return the chances of at least 1, 2, ... of a token, Poisson with the mean ``rate``."""
    if rate > _CERTAIN:  # where exp(-rate) comes near the smallest float
        return [1.0] * int(rate)
    chances: list[float] = []
    term = exp(-rate)
    left = 1 - term
    while left > _UNLIKELY:
        chances.append(left)
        term *= rate / len(chances)
        left -= term
    return chances or [left]
