"""``docsense search``: ranked passages, no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from docsense_cli.options import (
    AsJson,
    EmbedderName,
    LibraryName,
    Password,
    Paths,
    Quiet,
)

if TYPE_CHECKING:
    from docsense_pipelines.search import Found


def search(
    words: Annotated[str, typer.Argument(help="What to look for", metavar="WORDS")],
    paths: Paths = None,
    library: LibraryName = None,
    k: Annotated[int, typer.Option("-k", help="Passages to show", min=1, max=1000)] = 10,
    only: Annotated[
        list[str] | None,
        typer.Option("--in", help="Look only in documents whose name matches", metavar="GLOB"),
    ] = None,
    embedder: EmbedderName = None,
    password: Password = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show ranked passages."""
    from docsense.receipts import to_json
    from docsense_cli import screen
    from docsense_cli.progress import shown
    from docsense_cli.refresh import opened
    from docsense_pipelines.search import search as find

    sources = opened(paths, library, engine=None, embedder=embedder, password=password, quiet=quiet)
    with shown(screen.err(), quiet=quiet) as report:
        found = find(
            words,
            library=sources.library,
            store=sources.store,
            embedder=sources.embedder,
            k=k,
            patterns=only or (),
            report=report,
        )
    if json:
        screen.write_json(to_json("hits", found))
    else:
        _render(found)


def _render(found: Found) -> None:
    from rich.text import Text

    from docsense_cli import screen
    from docsense_cli.text import counted, one_line, source

    console = screen.out()
    for rank, (hit, citation) in enumerate(zip(found.hits, found.citations, strict=True), 1):
        line = Text(f"{rank:>3}  ", style="dim")
        line.append(source(citation), style="bold")
        line.append(f"  {hit.score:.2f}", style="dim")
        console.print(line, soft_wrap=True)
        quote = one_line(citation.quote)
        console.print(f"     {quote[:300]}" + (" ..." if len(quote) > 300 else ""))
    if not found.hits:
        console.print("nothing found")
    if found.scope:
        screen.note(f"searched {found.scope}; choose others with --in GLOB", quiet=False)
        return
    screen.note(
        f"searched {counted(found.searched.documents, 'document')}, "
        f"{counted(found.searched.chunks, 'passage')}",
        quiet=False,
    )
