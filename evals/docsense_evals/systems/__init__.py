"""What can be measured: systems by name, each of which may offer several kinds of work.

A system is called with the kind of work and its settings and returns what solves a case. Third
parties register theirs as an entry point of the group ``docsense.systems``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

if TYPE_CHECKING:
    from docsense_evals.task import Solve

Kind = Literal["search", "ask", "summarize", "route"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done with each case.

    Args:
        k: Passages of a search, quotes of an answer.
        words: Length of a summary, in words.
    """

    kind: Kind
    k: int = 20
    words: int = 300


class System(Protocol):
    """Returns the function that solves cases, or raises ConfigError for work it cannot do."""

    def __call__(self, work: Work) -> Solve: ...
