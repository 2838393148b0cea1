"""From options and settings to how a search is done: ranked again, with other queries, bounded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docsense_cli import screen
from docsense_cli.text import counted, one_line
from docsense_pipelines.looking import Looking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docsense.engines import Engine
    from docsense.settings import Settings
    from docsense.types import Reranking, Rewriting, Searched

_YES = {"0", "false", "no", "off"}
_ENGINE = "engine"


def needs_engine(settings: Settings, *, rerank: str | None, rewrite: bool) -> bool:
    """Tell whether a search asks a model."""
    return rewrite or (rerank or settings.rerank) == _ENGINE


def looking_for(
    settings: Settings,
    *,
    rerank: str | None,
    rewrite: bool,
    writer: Engine | None,
    seconds: float | None = None,
    lenient: bool = False,
    quiet: bool = False,
) -> Looking:
    """Return how to search; a model is only downloaded where HF_HUB_OFFLINE is set to 0.

    Args:
        rerank: As given on the command line; None takes the setting.
        writer: The engine; None where there is none.
        lenient: Without an engine, search without what needs one, and say so.

    Raises:
        ConfigError: There is no such reranker, or no engine for what needs one.
    """
    from docsense.errors import ConfigError
    from docsense.rerankers.finding import reranker_for

    name = rerank or settings.rerank
    if writer is None and needs_engine(settings, rerank=rerank, rewrite=rewrite):
        if rewrite and not lenient:
            raise ConfigError("--rewrite: there is no engine", hint="name one with --base-url")
        if lenient or rerank is None:
            screen.note("no model: searching without what a model would add", quiet=quiet)
            rewrite, name = False, "none" if name == _ENGINE else name
    offline = os.environ.get("HF_HUB_OFFLINE", "").lower()
    return Looking(
        reranker=reranker_for(name, engine=writer, allow_download=offline in _YES),
        rewriter=writer if rewrite else None,
        seconds=seconds,
    )


def told(searched: Searched) -> Iterator[str]:
    """Yield what was done to a search, a line each: other queries, another order."""
    rewriting, reranking = searched.rewriting, searched.reranking
    if rewriting is not None:
        queries = "; ".join(one_line(query) for query in rewriting.queries)
        yield f"also searched: {queries or 'nothing'} ({_cost(rewriting)})"
        yield from rewriting.notes
    if reranking is not None:
        yield (
            f"ranked again by {reranking.by}: {counted(reranking.passages, 'passage')}, "
            f"{reranking.moved:,} moved ({_cost(reranking)})"
        )
        yield from reranking.notes


def _cost(step: Reranking | Rewriting) -> str:
    tokens = f", {step.tokens:,} tokens" if step.tokens else ""
    return f"{step.seconds:.1f} s{tokens}"
