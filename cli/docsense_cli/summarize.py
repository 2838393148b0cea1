"""``docsense summarize``: a structured summary with every sentence cited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docsense_cli.options import AsJson, EngineName, LibraryName, Password, Paths, Quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docsense.types import Claim, Summary


def summarize(
    paths: Paths = None,
    library: LibraryName = None,
    words: Annotated[int, typer.Option("--words", "-w", help="Length aimed at", min=20)] = 300,
    focus: Annotated[str, typer.Option("--focus", "-f", help="What to look for above all")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write Markdown to this file")
    ] = None,
    engine: EngineName = None,
    password: Password = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Summarize documents and code, section by section, every sentence cited to its place."""
    from docsense.receipts import to_json
    from docsense_cli import screen
    from docsense_cli.progress import shown
    from docsense_cli.refresh import opened
    from docsense_pipelines.summarize import summarize as summary_of

    if output is not None:
        _writable(output)
    sources = opened(paths, library, engine=engine, embedder="none", password=password, quiet=quiet)
    with shown(screen.err(), quiet=quiet) as report:
        summary = summary_of(
            library=sources.library, store=sources.store, words=words, focus=focus, report=report
        )
    if json:
        screen.write_json(to_json("summary", summary))
    elif output is None:
        _render(summary)
    if output is not None:
        from docsense_cli.markdown import summary_markdown

        output.write_text(summary_markdown(summary), encoding="utf-8")
        screen.note(f"wrote {output}", quiet=quiet)


def _writable(output: Path) -> None:
    """Refuse before the work, not after it.

    Raises:
        ConfigError: The file cannot be written there.
    """
    import os

    from docsense.errors import ConfigError

    folder = output.parent
    if output.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigError(f"{output}: cannot be written", hint="choose another --output")


def _render(summary: Summary) -> None:
    from rich.text import Text

    from docsense_cli import screen
    from docsense_cli.markdown import coverage_line
    from docsense_cli.text import clean

    console = screen.out()
    console.print(Text(clean(summary.title), style="bold"))
    if summary.focus:
        console.print(Text(f"with focus on: {clean(summary.focus)}", style="dim"))
    _claims(summary, summary.overview)
    for section in summary.sections:
        console.print(Text(clean(section.title), style="bold cyan"))
        _claims(summary, section.claims)
    console.print(Text(coverage_line(summary), style="dim"), soft_wrap=True)


def _claims(summary: Summary, claims: Sequence[Claim]) -> None:
    from rich.text import Text

    from docsense_cli import screen
    from docsense_cli.markdown import is_list, mark
    from docsense_cli.text import one_line

    console = screen.out()
    listed = is_list(summary, claims)
    text = Text()
    for claim in claims:
        text.append(("\n" if listed else " ") if text else "")
        text.append(f"{'- ' if listed else ''}{one_line(claim.text)}")
        text.append(f" [{mark(summary, claim)}]", style="dim")
    console.print(text)
    console.print()
