"""A launch as text: commands to copy, and under them why each flag is there."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docsense.serving.launch import Launch

_WIDTH = 100


def explain(launch: Launch, *, python: str) -> str:
    """Return the commands of all nodes, the reasons, and the notes."""
    return "\n".join(_lines(launch, python=python)) + "\n"


def _lines(launch: Launch, *, python: str) -> Iterator[str]:
    yield launch.title
    for node in launch.nodes:
        yield ""
        if len(launch.nodes) > 1:
            yield f"on node {node.rank}:"
        yield launch.shell(node.rank, python=python)
    yield from ("", "why:")
    for variable in launch.environment:
        yield from _item(f"{variable.name}={variable.value}", variable.reason)
    shown: set[str] = set()
    for flag in (*launch.flags, *(flag for node in launch.nodes for flag in node.flags)):
        if flag.name not in shown:
            shown.add(flag.name)
            yield from _item(" ".join(flag.words), flag.reason)
    if launch.extra:
        yield from _item(" ".join(launch.extra), "passed on as given; where both are set, it wins")
    if launch.notes:
        yield from ("", "notes:")
    for note in launch.notes:
        yield from textwrap.wrap(note, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _item(name: str, reason: str) -> Iterator[str]:
    yield f"  {name}"
    yield from textwrap.wrap(reason, _WIDTH, initial_indent="      ", subsequent_indent="      ")
