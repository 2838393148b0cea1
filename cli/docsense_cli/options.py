"""The options that several commands share, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Files and folders: PDFs, text, office documents, repositories", metavar="PATH"
    ),
]
LibraryName = Annotated[
    str | None,
    typer.Option("--library", "-l", help="Name or folder of a library", metavar="NAME|FOLDER"),
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", help="What writes the answer: auto or extractive (no model)"),
]
EmbedderName = Annotated[
    str | None,
    typer.Option("--embedder", help="Sentence-transformers model, or none for words alone"),
]
Password = Annotated[
    str | None, typer.Option("--password", help="Password of encrypted PDFs", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with a schema version")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes on stderr")]
