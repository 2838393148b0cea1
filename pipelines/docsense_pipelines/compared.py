"""Where several documents agree and differ: asked for by name, and held to quotes of both sides.

A comparison that quotes one document says nothing that a reader could check about the other, so
every sentence of these sections has to cite two documents or is marked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docsense.types import Citation, SummarySection

AGREEMENT, DIFFERENCE = "Agreement", "Difference"
"""Titles of the sections, the same in every language: they tell which sentences compare."""

COMPARABLE = range(2, 9)
"""Numbers of documents whose comparison one section can hold."""

WISH = (
    f'with a section titled "{AGREEMENT}" on where the documents agree and one titled '
    f'"{DIFFERENCE}" on where they differ, each sentence there quoting every document that it '
    "speaks of, two at least; leave out a section that would be empty"
)
"""As it follows "Write" in a prompt."""

ONE_SIDED = "compares documents, but quotes one of them only"


def held_to_both_sides(
    sections: Sequence[SummarySection], citations: Sequence[Citation]
) -> tuple[SummarySection, ...]:
    """Return the sections, with a problem at each comparing claim that quotes one document only.

    Args:
        citations: All of the summary; a claim's numbers start at 1.
    """
    return tuple(
        _marked(section, citations) if section.title in (AGREEMENT, DIFFERENCE) else section
        for section in sections
    )


def _marked(section: SummarySection, citations: Sequence[Citation]) -> SummarySection:
    claims = []
    for claim in section.claims:
        sides = {citations[number - 1].uri for number in claim.citations}
        problems = claim.problems if len(sides) > 1 else (*claim.problems, ONE_SIDED)
        claims.append(replace(claim, problems=problems))
    return replace(section, claims=tuple(claims))
