"""An embedder without a model: words and character n-grams hashed to signed features.

It knows no meaning, only overlap of words and of their parts, and is the fake of the tests and of
machines without weights. The same text gives the same bytes on every machine.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docsense.embedders import Vectors

_WORD = re.compile(r"\w+")
_GRAM = 3
_GRAM_WEIGHT = 0.5


class HashingEmbedder:
    """Hashes features to ``dim`` buckets with a sign each, so that collisions cancel on average.

    A text without a word has the first unit vector, as the protocol wants rows of unit length: it
    is like other empty texts and, sign and chance apart, like nothing else.
    """

    def __init__(self, dim: int = 256) -> None:
        if dim < 2:
            raise ValueError(f"dim must be 2 or more, not {dim}")
        self.dim = dim
        self.name = f"hashing-{dim}/1"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature, weight in _features(text).items():
                code = crc32(feature.encode("utf-8", "surrogatepass"))
                row[(code >> 1) % self.dim] += weight if code & 1 else -weight
            norm = np.linalg.norm(row)
            if norm > 0:
                row /= norm
            else:
                row[0] = 1.0
        return rows

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


def _features(text: str) -> dict[str, float]:
    # Roots, so that a word said nine times counts three times.
    return {
        feature: (_GRAM_WEIGHT if feature[0] == "#" else 1.0) * count**0.5
        for feature, count in Counter(_terms(text)).items()
    }


def _terms(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        yield word
        padded = f"<{word}>"
        for start in range(len(padded) - _GRAM + 1):
            yield "#" + padded[start : start + _GRAM]
