"""What an ingest did, file by file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Trouble(NamedTuple):
    """A file that is not in the library: its name, why, and what to do ("" when nothing)."""

    name: str
    reason: str
    hint: str = ""


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """What an ingest did, by name; ``failed`` could not be read, ``skipped`` was left out."""

    library: str
    path: str
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    failed: list[Trouble] = field(default_factory=list)
    skipped: list[Trouble] = field(default_factory=list)
    documents: int = 0
    chunks: int = 0
    tokens: int = 0
    exact_tokens: bool = True
    embedded: int = 0
    notes: list[Trouble] = field(default_factory=list)
