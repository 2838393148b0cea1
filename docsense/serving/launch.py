"""What is started: flags that each carry their reason, and one command per node made of them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_API_SERVER = ("-m", "vllm.entrypoints.openai.api_server")
_COMMAND_LINE = ("-m", "vllm.entrypoints.cli.main", "serve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One option of vLLM.

    Args:
        value: "" for a switch.
        reason: Why it is there, for a person.
        older: How an earlier vLLM spells it, value included in neither; "" when it had no other
            spelling.
        optional: Whether the server still does its job when this vLLM does not know it.
    """

    name: str
    value: str = ""
    reason: str
    older: str = ""
    optional: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The flag as arguments of a program."""
        return (self.name, self.value) if self.value else (self.name,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One environment variable, and why it is set."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What one machine starts beyond the flags that all share.

    Args:
        headless: It computes and answers no requests.
    """

    rank: int
    flags: tuple[Flag, ...] = ()
    headless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A server as it is started, on one node or several.

    Args:
        model: What the checkpoint is called where it is loaded from.
        title: What is served on what, for people.
        flags: Common to all nodes, without the model.
        notes: What a user should know before the start.
    """

    model: str
    title: str
    host: str
    port: int
    flags: tuple[Flag, ...]
    environment: tuple[Variable, ...]
    notes: tuple[str, ...]
    nodes: tuple[Node, ...]
    extra: tuple[str, ...] = ()

    def node(self, rank: int) -> Node:
        """Return a node; ValueError when there is none of that rank."""
        for node in self.nodes:
            if node.rank == rank:
                return node
        raise ValueError(f"no node {rank} among {len(self.nodes)}")

    def arguments(self, rank: int = 0) -> tuple[str, ...]:
        """Return what vLLM's parser gets on a node."""
        node = self.node(rank)
        model = (self.model,) if node.headless else ("--model", self.model)
        words = (word for flag in (*self.flags, *node.flags) for word in flag.words)
        return (*model, *words, *self.extra)

    def command(self, rank: int = 0, *, python: str) -> tuple[str, ...]:
        """Return program and arguments of a node.

        The API server's module ignores --headless (vLLM 0.32.0 and 0.33.0), so further nodes go
        through the command line; that in turn needs the package to be called vllm, which builds
        for CPUs are not, so the first node does not.
        """
        entry = _COMMAND_LINE if self.node(rank).headless else _API_SERVER
        return (python, *entry, *self.arguments(rank))

    def shell(self, rank: int = 0, *, python: str) -> str:
        """Return the same as text for a POSIX shell, one flag a line."""
        lines = [f"{v.name}={shlex.quote(v.value)}" for v in self.environment]
        words = self.command(rank, python=python)
        start = words.index("-m") + (3 if self.node(rank).headless else 2)
        lines.append(shlex.join(words[:start]))
        for word in words[start:]:
            if word.startswith("--") or not lines[-1].startswith("--"):
                lines.append(shlex.quote(word))
            else:
                lines[-1] += f" {shlex.quote(word)}"
        return " \\\n  ".join(lines)
