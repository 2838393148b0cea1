"""``docsense ask``: a question answered from sources, with cited quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from docsense_cli.options import (
    AsJson,
    EmbedderName,
    EngineName,
    LibraryName,
    Password,
    Paths,
    Quiet,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from docsense.types import Answer, Citation


def ask(
    question: Annotated[
        str,
        typer.Argument(help="What to answer, in the language of the sources", metavar="QUESTION"),
    ],
    paths: Paths = None,
    library: LibraryName = None,
    k: Annotated[int, typer.Option("-k", help="Quotes to answer with, at most", min=1)] = 5,
    engine: EngineName = None,
    embedder: EmbedderName = None,
    password: Password = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer a question with cited passages, or say that the sources do not hold the answer."""
    from docsense.receipts import to_json
    from docsense_cli import screen
    from docsense_cli.progress import shown
    from docsense_cli.refresh import opened
    from docsense_pipelines.ask import ask as answer_to

    sources = opened(
        paths, library, engine=engine, embedder=embedder, password=password, quiet=quiet
    )
    with shown(screen.err(), quiet=quiet) as report:
        answer = answer_to(
            question,
            library=sources.library,
            store=sources.store,
            embedder=sources.embedder,
            k=k,
            report=report,
        )
    if json:
        screen.write_json(to_json("answer", answer))
    else:
        _render(answer)


def _render(answer: Answer) -> None:
    from docsense_cli import screen

    console = screen.out()
    if answer.abstained:
        _abstention(answer, console)
    else:
        _claims(answer, console)
    _footer(answer, console)


def _claims(answer: Answer, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from docsense_cli.text import one_line

    citations = {citation.number: citation for citation in answer.citations}
    for claim in answer.claims:
        cited = [citations[number] for number in claim.citations]
        console.print(_source_line(cited[0]), soft_wrap=True)
        # A row of a table reads best under its header, which is cited after it.
        for citation in (*cited[1:], cited[0]):
            if citation.unit == "line" and "\n" in citation.quote:
                console.print(_numbered(citation), soft_wrap=True)
            else:
                quote = Text(f"“{one_line(citation.quote)}”")
                console.print(Padding(quote, (0, 0, 0, 4), expand=False))
        console.print()


def _source_line(citation: Citation) -> Text:
    from rich.text import Text

    from docsense_cli.text import source

    line = Text(f"[{citation.number}] ", style="dim")
    return line.append(source(citation), style="bold cyan")


def _numbered(citation: Citation) -> Text:
    """Return lines as they stand in the file, each with its number."""
    from rich.text import Text

    from docsense_cli.text import clean

    lines = clean(citation.quote).splitlines()
    width = len(str(citation.last)) + 4
    return Text("\n".join(f"{citation.first + i:>{width}}  {line}" for i, line in enumerate(lines)))


def _abstention(answer: Answer, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from docsense_cli.text import one_line

    console.print(f"No answer: {one_line(answer.text)}", soft_wrap=True)
    if answer.near_misses:
        console.print("\nNearest passages, which do not answer it:")
    for miss in answer.near_misses:
        console.print(_source_line(miss.citation), soft_wrap=True)
        quote = one_line(miss.citation.quote)
        quote = quote if len(quote) <= 240 else f"{quote[:240]} ..."
        console.print(
            Padding(Text(f"“{quote}”\n{one_line(miss.reason)}"), (0, 0, 0, 4), expand=False)
        )
    console.print()


def _footer(answer: Answer, console: Console) -> None:
    from rich.text import Text

    from docsense_cli.text import counted, listed

    searched = answer.searched
    looked = f"{counted(searched.documents, 'document')}, {counted(searched.chunks, 'passage')}"
    lines = [f"{answer.engine} answer, verbatim quotes; searched {looked}"]
    if answer.abstained:
        lines.append(f"closest: {listed(searched.names)}")
    if answer.freshness.stale:
        lines.append(f"changed since they were read: {listed(answer.freshness.stale)}")
    console.print(Text("\n".join(lines), style="dim"), soft_wrap=True)
