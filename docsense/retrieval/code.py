"""What tells passages of a repository apart, beyond words and vectors: kinds of files and names.

Four signals, each of the names that are there already, so that they hold for every language:

- A passage that defines what the best hits of code refer to is lifted: questions describe what
  code does, and the code that does it is often one call away. This is a repository map (aider's
  is a PageRank over definitions and references) of one step, over the candidates alone.
- Tests, examples and vendored code use the same words as what they exercise, and are lowered
  unless the question speaks of them.
- A file that the question names ("sessions.py", "src/app.ts") is lifted.
- A question that speaks of classes, methods or parameters is answered by code; where a library
  has both, its documentation is lowered a little.

Measured in docs/retrieval.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from docsense.types import Chunk

_REFERENCED = 0.3
_REFERRING = 5
"""So many of the best hits are read for references."""
_DECAY = 0.3
_MOST_DEFINITIONS = 2
"""A name that more candidates define ("get", "run") tells nothing."""
_SHORTEST_NAME = 4
_ASIDE = 0.5
_DOCUMENTATION = 0.4
_NAMED = 0.7

_TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|specs?|__tests__|testdata|fixtures)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*[_.-](?:test|spec)s?|conftest|[^/]*[a-z]Tests?)\.\w+$"
)
_EXAMPLES = re.compile(r"(?:^|/)(?:examples?|samples?|demos?|benchmarks?)/")
_VENDORED = re.compile(r"(?:^|/)(?:_?vendor(?:ed)?|third[-_]party|node_modules|externals?)/")
_OF_TESTS = re.compile(r"\btest|\bspecs?\b|\bfixture|\bassert", re.I)
_OF_EXAMPLES = re.compile(r"\bexample|\bsample|\bdemo|\bbenchmark", re.I)
_OF_VENDORED = re.compile(r"\bvendor|\bthird[- ]party\b|\bdependenc", re.I)
_GROUPS = ((_TESTS, _OF_TESTS), (_EXAMPLES, _OF_EXAMPLES), (_VENDORED, _OF_VENDORED))
_OF_CODE = re.compile(
    r"\b(?:(?:sub)?class(?:es)?|methods?|functions?|decorators?|inherit(?:s|ed|ance|ing)?"
    r"|attributes?|parameters?|implement(?:s|ed|ation|ations)?)\b",
    re.I,
)
_PATH = re.compile(r"(?<![\w./-])[\w./-]*\w\.[A-Za-z]\w{0,4}(?![\w(])")
_IDENTIFIER = re.compile(r"[^\W\d]\w+")


def with_code_signals(
    scores: Mapping[str, float],
    question: str,
    *,
    chunks: Mapping[str, Chunk],
    code: Collection[str],
    unit: float,
) -> dict[str, float]:
    """Return the scores of candidates, lifted and lowered by what is known of code.

    Args:
        scores: By chunk id; ``chunks`` has them all.
        code: Ids of the chunks that are code; without any the scores stay as they are.
        unit: How much of a score the signals take for one: a spread.
    """
    if not code:
        return dict(scores)
    aside = [theirs for theirs, of_them in _GROUPS if not of_them.search(question)]
    named = tuple(f"/{path.lstrip('./')}" for path in _PATH.findall(question))
    of_code = bool(_OF_CODE.search(question))
    found = {}
    for id, score in scores.items():
        if id not in code:
            found[id] = score - unit * _DOCUMENTATION * of_code
        else:
            name = chunks[id].name
            is_aside = any(theirs.search(name) for theirs in aside)
            found[id] = score + unit * (_NAMED * f"/{name}".endswith(named) - _ASIDE * is_aside)
    best = sorted(found, key=lambda id: (-found[id], id))[:_REFERRING]
    referring = [chunks[id] for id in best if id in code]
    candidates = [chunks[id] for id in scores if id in code]
    for id, share in _referenced(referring, candidates).items():
        found[id] += unit * _REFERENCED * share
    return found


def _referenced(referring: Iterable[Chunk], candidates: Iterable[Chunk]) -> dict[str, float]:
    """Return in (0, 1] how much the best hits refer to each candidate, earlier ones counting more.

    Only what defines something that a hit names is there.
    """
    defining: dict[str, list[str]] = defaultdict(list)
    for chunk in candidates:
        name = symbol(chunk)
        if len(name) >= _SHORTEST_NAME and not name.startswith("__"):
            defining[name].append(chunk.id)
    shares: dict[str, float] = defaultdict(float)
    for rank, chunk in enumerate(referring):
        named = set(_IDENTIFIER.findall(chunk.text)) - {symbol(chunk)}
        for name in sorted(named & defining.keys()):
            if len(defining[name]) <= _MOST_DEFINITIONS:
                for id in defining[name]:
                    shares[id] += 1 / (1 + _DECAY * rank)
    return {id: min(1.0, share) for id, share in shares.items()}


def symbol(chunk: Chunk) -> str:
    """Return the name of the innermost symbol that a passage of code begins in, "" without one.

    Without what qualifies it, its keyword and parameters: "Flask.run(self, host)" gives "run".
    """
    words = chunk.heading.rpartition(" > ")[2].partition("(")[0].split()
    names = _IDENTIFIER.findall(words[min(1, len(words) - 1)]) if words else []
    return names[-1] if names else ""
