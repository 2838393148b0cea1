"""What is asked and what is right: a case, before any system has seen it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """Where the evidence stands: a file, and pages or lines of it.

    Args:
        file: The end of the file's path: "report.pdf", "src/flask/app.py".
        units: 1-based physical pages, or lines; empty means the whole file.
    """

    file: str
    units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """An answer that a person has judged: "correct" or "incorrect"; what a judge is held to."""

    text: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question with its sources and what is known of a right answer.

    Args:
        id: Unique within its task; names the case in logs and comparisons.
        sources: Paths of the files and folders to ask, absolute.
        answers: Reference answers or summaries; any of them is right.
        answerable: Whether the sources hold the answer; None when nobody says.
        route: The mode that a router should take; "" when nobody says.
        routes: Modes that would do as well.
        slices: By which results are broken down: {"type": "table"}.
        insights: Statements that a summary should make, with the files that hold each.
    """

    id: str
    question: str
    sources: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    answerable: bool | None = None
    route: str = ""
    routes: tuple[str, ...] = ()
    slices: dict[str, str] = field(default_factory=dict)
    labelled: tuple[Labelled, ...] = ()
    insights: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Identity of the content: where the sources lie is not part of it, their hashes are."""
        form = {key: value for key, value in asdict(self).items() if key != "sources"}
        text = json.dumps(form, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
