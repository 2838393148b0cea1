"""Prompts for questions and summaries: sources first, the task last, every statement quoted.

The beginning is the same for every task over the same sources, byte by byte: an engine computes it
once. ``Prompt.tokens`` counts the contents, exactly where ``Packed.exact``; what a chat template
puts around them is not in it (``LLAMA4_TEMPLATE``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from docsense.engines import Message, Prompt
from docsense.packing import neutralize
from docsense.prompts import wording
from docsense.prompts.schemas import ANSWER_SCHEMA, SUMMARY_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docsense.packing import Packed
    from docsense.tokens import TokenCounter
    from docsense.types import Citation, Claim

__all__ = [
    "ANSWER_SCHEMA",
    "LLAMA4_TEMPLATE",
    "SUMMARY_SCHEMA",
    "Template",
    "ask_prompt",
    "map_prompt",
    "reduce_prompt",
    "summary_prompt",
    "tokens_ahead",
]


class Template(NamedTuple):
    """Tokens of a chat template around a system and a user message: before the latter, and all."""

    ahead: int
    total: int


LLAMA4_TEMPLATE = Template(ahead=10, total=15)
"""``<|begin_of_text|>``, four tokens for each of three headers, ``<|eot|>`` after two messages."""


@dataclass(frozen=True, slots=True)
class _Content:
    """The sources and what follows them; may be read more than once."""

    packed: Packed
    rest: str

    def __iter__(self) -> Iterator[str]:
        yield from self.packed
        yield self.rest


def tokens_ahead(counter: TokenCounter, *, template: Template = LLAMA4_TEMPLATE) -> int:
    """Return the tokens before the first source of every prompt: for ``docsense.packing.align``."""
    return template.ahead + counter.count(wording.SYSTEM)


def ask_prompt(
    packed: Packed, question: str, *, max_tokens: int, structured: bool = True
) -> Prompt:
    """Return the prompt that answers a question from sources.

    Args:
        structured: False for a server that cannot hold a completion to a schema: then the form
            is plain text, a sentence a line.
    """
    form = wording.ANSWER_JSON if structured else wording.ANSWER_PLAIN
    task = f"Question: {neutralize(question.strip())}\nAnswer in the language of the question."
    schema = ANSWER_SCHEMA if structured else None
    return _prompt(packed, [task, wording.RULES, form], schema, max_tokens)


def summary_prompt(
    packed: Packed,
    *,
    words: int,
    max_tokens: int,
    focus: str = "",
    language: str = "",
    style: str = "",
    structured: bool = True,
) -> Prompt:
    """Return the prompt that summarizes sources in about so many words.

    Args:
        focus: What to look for; "" for what matters most.
        language: Name of the language to write in; "" for that of the sources.
        style: For whom or how to write: "for executives".
    """
    task = f"Summarize the sources in about {words} words. " + _wishes(focus, language, style)
    return _summary(packed, task, max_tokens, structured)


def map_prompt(
    packed: Packed,
    *,
    part: int,
    parts: int,
    words: int,
    max_tokens: int,
    focus: str = "",
    language: str = "",
    style: str = "",
    structured: bool = True,
) -> Prompt:
    """Return the prompt that summarizes one part of a longer text; see ``summary_prompt``.

    Args:
        part: 1-based, of ``parts``.
    """
    task = (
        f"The sources are part {part} of {parts} of a longer text. Summarize this part alone in"
        f" about {words} words, without guessing at the others. "
    )
    return _summary(packed, task + _wishes(focus, language, style), max_tokens, structured)


def reduce_prompt(
    claims: Sequence[Claim],
    citations: Sequence[Citation],
    *,
    counter: TokenCounter,
    words: int,
    max_tokens: int,
    focus: str = "",
    language: str = "",
    style: str = "",
    structured: bool = True,
) -> Prompt:
    """Return the prompt that merges the claims of all parts into one summary.

    Each citation stands for a source of its own, S and its number, so that the answer has the same
    form as any other and its quotes are checked against the citations' spans.
    """
    quotes = {citation.number: _line(citation.quote) for citation in citations}
    lines = (
        " ".join((_line(claim.text), *(f'[S{n}: "{quotes[n]}"]' for n in claim.citations)))
        for claim in claims
    )
    task = f"Write one summary of about {words} words from these sentences. "
    content = "\n\n".join(
        (
            "<claims>\n" + "\n".join(lines) + "\n</claims>",
            wording.MERGE,
            task + _wishes(focus, language, style),
            wording.RULES,
            wording.SUMMARY_JSON if structured else wording.SUMMARY_PLAIN,
        )
    )
    return Prompt(
        messages=(Message("system", wording.SYSTEM), Message("user", content)),
        max_tokens=max_tokens,
        tokens=counter.count(wording.SYSTEM) + counter.count(content),
        schema=SUMMARY_SCHEMA if structured else None,
    )


def _line(text: str) -> str:
    return neutralize(" ".join(text.split()))


def _wishes(focus: str, language: str, style: str) -> str:
    wishes = (
        f"Tell what they say about: {_line(focus)}."
        if focus.strip()
        else "Tell what matters most.",
        f"Write {_line(style)}." if style.strip() else "",
        f"Write in {_line(language)}." if language.strip() else "Write in the sources' language.",
    )
    return " ".join(filter(None, wishes))


def _summary(packed: Packed, task: str, max_tokens: int, structured: bool) -> Prompt:
    form = wording.SUMMARY_JSON if structured else wording.SUMMARY_PLAIN
    schema = SUMMARY_SCHEMA if structured else None
    return _prompt(packed, [task, wording.RULES, form], schema, max_tokens)


def _prompt(
    packed: Packed, tasks: Sequence[str], schema: Mapping[str, object] | None, max_tokens: int
) -> Prompt:
    # Sources end with a line break and this begins with a letter: the counts add up.
    rest = "\n\n".join((wording.END, *tasks))
    count = packed.counter.count
    return Prompt(
        messages=(Message("system", wording.SYSTEM), Message("user", _Content(packed, rest))),
        max_tokens=max_tokens,
        tokens=count(wording.SYSTEM) + packed.tokens + count(rest),
        schema=schema,
    )
