"""Adapters, metrics and systems by name: the built-in ones, and those of installed packages.

Entry points: ``docsense.adapters``, ``docsense.metrics`` and ``docsense.systems``; a name that is
built in cannot be taken. Nothing is imported before it is asked for.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, cast

from docsense.errors import ConfigError

if TYPE_CHECKING:
    from docsense_evals.adapters import Adapter
    from docsense_evals.scorers import Metric
    from docsense_evals.systems import System

ADAPTERS = {
    "financebench": "docsense_evals.adapters.filings:financebench",
    "mmlongbench": "docsense_evals.adapters.filings:mmlongbench",
    "kg-rag": "docsense_evals.adapters.filings:kg_rag",
    "swe-qa": "docsense_evals.adapters.code:swe_qa",
    "cosqa": "docsense_evals.adapters.code:cosqa",
    "qmsum": "docsense_evals.adapters.summaries:qmsum",
    "squality": "docsense_evals.adapters.summaries:squality",
    "summhay": "docsense_evals.adapters.summaries:summhay",
    "loong": "docsense_evals.adapters.folders:loong",
    "beir": "docsense_evals.adapters.folders:beir",
    "needles": "docsense_evals.adapters.made:needles",
    "routing": "docsense_evals.adapters.made:routing",
}
METRICS = {
    "places": "docsense_evals.scorers.retrieval:places",
    "files": "docsense_evals.scorers.retrieval:files",
    "budget": "docsense_evals.scorers.retrieval:budget",
    "quotes": "docsense_evals.scorers.citing:quotes",
    "citations": "docsense_evals.scorers.citing:citations",
    "cited": "docsense_evals.scorers.citing:cited",
    "answer": "docsense_evals.scorers.answers:answer",
    "squad": "docsense_evals.scorers.answers:squad",
    "rouge": "docsense_evals.scorers.summaries:rouge",
    "insights": "docsense_evals.scorers.summaries:insights",
    "abstention": "docsense_evals.scorers.abstention:abstention",
    "route": "docsense_evals.scorers.routing:route",
    "spent": "docsense_evals.scorers.spending:spent",
    "judge": "docsense_evals.scorers.judge:judge",
}
SYSTEMS = {
    "docsense": "docsense_evals.systems.own:docsense",
    "llamaindex-bm25": "docsense_evals.systems.peers:llamaindex_bm25",
    "haystack-bm25": "docsense_evals.systems.peers:haystack_bm25",
    "txtai-bm25": "docsense_evals.systems.peers:txtai_bm25",
}


def adapter(name: str) -> Adapter:
    """Return an adapter by name, or by "package.module:function".

    Raises:
        ConfigError: There is none of that name; so for the functions below.
    """
    return cast("Adapter", _found(name, "docsense.adapters", ADAPTERS))


def metric(name: str) -> Metric:
    return cast("Metric", _found(name, "docsense.metrics", METRICS))


def system(name: str) -> System:
    return cast("System", _found(name, "docsense.systems", SYSTEMS))


def known(kind: str) -> list[str]:
    """Return every name of "adapters", "metrics" or "systems"."""
    own = {"adapters": ADAPTERS, "metrics": METRICS, "systems": SYSTEMS}[kind]
    return sorted({*own, *(entry.name for entry in entry_points(group=f"docsense.{kind}"))})


def _found(name: str, group: str, own: dict[str, str]) -> object:
    kind = group.rpartition(".")[2].removesuffix("s")
    if name in own:
        return imported(own[name], kind)
    for entry in entry_points(group=group, name=name):
        return cast("object", entry.load())
    if ":" in name:
        return imported(name, kind)
    names = known(group.rpartition(".")[2])
    near = get_close_matches(name, names, n=1)
    raise ConfigError(
        f"{kind} {name!r}: not known",
        hint=f"use {near[0]}" if near else f"use one of: {', '.join(names)}",
    )


def imported(target: str, kind: str) -> Any:  # noqa: ANN401  # whatever stands there
    """Return what "package.module:attribute" names; ``kind`` is what errors call it.

    Raises:
        ConfigError: It cannot be imported.
    """
    module, _, attribute = target.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"{kind} {target!r}: cannot be imported: {error}",
            hint="name it as package.module:function, and install the package",
        ) from error
