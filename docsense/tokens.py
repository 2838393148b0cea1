"""Counting Llama 4 tokens: exactly where its tokenizer is installed, else within bounds that hold.

The tokenizer first cuts text into pieces by a regular expression, then merges bytes within each
piece. So a text has at least as many tokens as pieces, and at most as many as bytes: true without
knowing the vocabulary. Numbers of up to three digits are single tokens of it, which tightens both.
"""

from __future__ import annotations

import re
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from docsense.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import regex
    from tiktoken import Encoding

PATTERN = (  # of the o200k family; llama-models, models/llama4/tokenizer.py, O200K_PATTERN
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_PER_PIECE, _PER_BYTE = 0.965, 0.0247
_DIGITS = re.compile(r"[0-9]+")
_SAFE_CUT = re.compile(r"\n(?=[A-Za-z0-9])")
_SEGMENT = 100_000
_LONGEST_RUN = 25_000


class Bounds(NamedTuple):
    """The true count lies between the two, both included."""

    least: int
    most: int


class TokenCounter(Protocol):
    """Counts the tokens of texts for one tokenizer."""

    name: str
    exact: bool

    def count(self, text: str) -> int:
        """Return the tokens of a text; an estimate unless ``exact``."""
        ...

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, in order."""
        ...

    def bounds(self, text: str) -> Bounds:
        """Return bounds that contain the true count."""
        ...


class EstimateTokenCounter:
    """Estimates from pieces and bytes, usually within a tenth; its bounds always hold."""

    name = "llama4-estimate"
    exact = False

    def count(self, text: str) -> int:
        """Return an estimate; it lies within ``bounds``."""
        least, most = self.bounds(text)
        size = len(text.encode("utf-8", "surrogatepass"))
        return min(most, max(least, round(_PER_PIECE * least + _PER_BYTE * size)))

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """Return an estimate for each text, in order."""
        return [self.count(text) for text in texts]

    def bounds(self, text: str) -> Bounds:
        """Return bounds that contain the true count."""
        pieces = sum(1 for _ in self._pattern.finditer(text))
        most = len(text.encode("utf-8", "surrogatepass"))
        for digits in _DIGITS.finditer(text):
            # Up to three digits are one token; a run is cut from its left.
            run = digits.end() - digits.start()
            most -= run - -(-run // 3)
        return Bounds(pieces, max(pieces, most))

    @cached_property
    def _pattern(self) -> regex.Pattern[str]:
        import regex

        return regex.compile(PATTERN)


class LlamaTokenCounter:
    """Counts exactly, with the tokenizer file of the ``llama-models`` package.

    Special tokens written in a document are ordinary text, as they are in a prompt of ours.

    Raises:
        MissingExtraError: The package is not installed.
    """

    name = "llama4"
    exact = True

    def __init__(self, path: Path | None = None) -> None:
        found = path or _tokenizer_file()
        if found is None:
            raise MissingExtraError("llama-models", extra="llama", purpose="for exact counts")
        self._path = found

    def count(self, text: str) -> int:
        """Return the tokens of a text."""
        return sum(len(self._encoding.encode_ordinary(part)) for part in _parts(text))

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, in order."""
        return [self.count(text) for text in texts]

    def bounds(self, text: str) -> Bounds:
        """Return the count, twice."""
        count = self.count(text)
        return Bounds(count, count)

    @cached_property
    def _encoding(self) -> Encoding:
        from base64 import b64decode

        from tiktoken import Encoding

        # Read here: the package's own loader imports its model code, tiktoken's wants the network.
        lines = self._path.read_bytes().split(b"\n")
        ranks = {
            b64decode(token): int(rank) for token, rank in map(bytes.split, filter(None, lines))
        }
        return Encoding("llama4", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def default_counter() -> TokenCounter:
    """Return the exact counter where the ``llama`` extra is installed, else the estimate."""
    path = _tokenizer_file()
    return LlamaTokenCounter(path) if path else EstimateTokenCounter()


def _tokenizer_file() -> Path | None:
    spec = find_spec("llama_models")  # finds the package without importing it
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "llama4" / "tokenizer.model"
    return path if path.is_file() else None


def _parts(text: str) -> Iterator[str]:
    """Cut a long text where no piece reaches across: after a newline, before a letter or digit.

    A run without such a place is cut anyway, as the reference tokenizer does: its quadratic merge
    would not return otherwise. That can add one token in 25,000 characters.
    """
    start = 0
    while len(text) - start > _SEGMENT:
        cut = _SAFE_CUT.search(text, start + _SEGMENT // 2, start + _SEGMENT)
        end = cut.end() if cut else start + _LONGEST_RUN
        yield text[start:end]
        start = end
    yield text[start:]
