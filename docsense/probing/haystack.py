"""Plain prose of any length, the same for the same seed: the hay in which a needle is hidden.

The sentences are dull on purpose. They share subjects and words with the needles' own form, so that
a needle does not stand out by its vocabulary, and never state what a needle states.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHO = (
    "The archivist", "A clerk from the harbor", "The night porter", "An engineer", "The cook",
    "The head gardener", "A visiting lecturer", "The ferry captain", "A junior auditor",
    "The librarian", "The stationmaster", "An apprentice", "The beekeeper", "A retired judge",
    "The road crew", "A surveyor", "The choir", "The town council", "A mechanic", "The nurse",
)  # fmt: skip
_DID = (
    "looked through", "repaired", "described", "counted", "forgot about", "carried", "sorted",
    "wrote a long letter about", "complained about", "painted", "measured", "asked for",
    "put away", "talked at length about", "made a list of", "was content with", "cleaned",
)  # fmt: skip
_WHAT = (
    "the old ledgers", "a crate of lamps", "the eastern stairs", "the garden wall", "some maps",
    "the spare bicycles", "the morning's post", "a broken clock", "the winter supplies",
    "the meeting room", "a set of keys", "the minutes of the last meeting", "two empty barrels",
    "the kitchen shelves", "a worn carpet", "the notice board", "the boiler", "a stack of chairs",
)  # fmt: skip
_WHEN = (
    "before breakfast", "as on most days", "while it rained", "without hurry", "after the bell",
    "toward the evening", "for the third time", "in good spirits", "when nobody was looking",
    "during the break", "to no great effect", "with some help", "by lamplight", "at low tide",
)  # fmt: skip
_PARAGRAPH = 6


def sentences(seed: int) -> Iterator[str]:
    """Yield sentences without end."""
    chance = random.Random(seed)
    while True:
        yield (
            f"{chance.choice(_WHO)} {chance.choice(_DID)} {chance.choice(_WHAT)} "
            f"{chance.choice(_WHEN)}."
        )


def paragraphs(seed: int) -> Iterator[str]:
    """Yield paragraphs of six sentences without end, each ending with an empty line."""
    source = sentences(seed)
    while True:
        yield " ".join(next(source) for _ in range(_PARAGRAPH)) + "\n\n"
