"""A summary as Markdown, for ``--output``: headings, sentences with their places, the quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docsense_cli.text import clean, counted, listed, one_line, place, source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docsense.types import Claim, Summary

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def summary_markdown(summary: Summary) -> str:
    """Return the summary as a Markdown document."""
    return "\n\n".join(_blocks(summary)) + "\n"


def is_list(summary: Summary, claims: Sequence[Claim]) -> bool:
    """Tell whether claims read better one a line: they come from several files of code or text."""
    cited = [summary.citations[number - 1] for claim in claims for number in claim.citations]
    return all(c.unit == "line" for c in cited) and len({c.uri for c in cited}) > 1


def mark(summary: Summary, claim: Claim) -> str:
    """Return where a sentence stands: "p. 12", with the name when there are several sources."""
    show = place if len(summary.coverage) == 1 else source
    places = (show(summary.citations[number - 1]) for number in claim.citations)
    return ", ".join(f"line {p[1:]}" if p.startswith(":") else p for p in places)


def coverage_line(summary: Summary) -> str:
    """Return how much of the sources the summary drew from, and which parts it left out."""
    cited = sum(len(coverage.cited) for coverage in summary.coverage)
    units = sum(coverage.units for coverage in summary.coverage)
    kinds = {coverage.unit for coverage in summary.coverage}
    unit = kinds.pop() if len(kinds) == 1 else "page or line"
    documents = len(summary.coverage)
    where = f" in {counted(documents, 'document')}" if documents > 1 else ""
    line = (
        f"{summary.engine} summary, {counted(summary.words, 'word')}, "
        f"drawn from {cited:,} of {counted(units, unit)}{where}"
    )
    uncovered = [title for coverage in summary.coverage for title in coverage.uncovered]
    return f"{line}; not covered: {listed(uncovered)}" if uncovered else line


def _blocks(summary: Summary) -> Iterator[str]:
    yield f"# {_plain(summary.title)}"
    if summary.focus:
        yield f"With focus on: {_plain(summary.focus)}"
    yield _paragraph(summary, summary.overview)
    for section in summary.sections:
        yield f"{'#' * min(6, section.level + 1)} {_plain(section.title)}"
        yield _paragraph(summary, section.claims)
    yield f"---\n\n{_plain(coverage_line(summary))}"


def _paragraph(summary: Summary, claims: Sequence[Claim]) -> str:
    shown = [f"{_plain(claim.text)} \\[{_plain(mark(summary, claim))}\\]" for claim in claims]
    if is_list(summary, claims):
        return "\n".join(f"- {line}" for line in shown)
    return " ".join(shown)


def _plain(text: str) -> str:
    """Keep a document's text from becoming markup."""
    return _SPECIAL.sub(r"\\\1", one_line(clean(text)))
