"""Ending a shared prefix where a cache can use it, and telling how much of a prompt is cached.

Llama 4 attends locally in chunks of 8,192 tokens in three of four layers; a cached prefix that ends
on a multiple needs no block of those layers, so servers may drop them and still reuse it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense.packing.packed import Block, pack

if TYPE_CHECKING:
    from docsense.packing.packed import Packed
    from docsense.tokens import TokenCounter

ATTENTION_CHUNK = 8192
"""Tokens of Llama 4's local attention (``attention_chunk_size`` of its configuration)."""

_TRIES = 8


def align(packed: Packed, to: int = ATTENTION_CHUNK, *, ahead: int) -> Packed:
    """Return the prompt padded so that it ends on a multiple of ``to`` tokens, template included.

    An estimate cannot be aligned: without exact counts the prompt comes back as it is.

    Args:
        ahead: Tokens before it: of the chat template and the system message.
    """
    missing = -(ahead + packed.tokens) % to
    if not packed.exact or not packed.sources or not missing:
        return packed
    least = packed.counter.count(_padding(1))
    text = _padded(missing if missing >= least else missing + to, packed.counter)
    tokens = packed.counter.count(text)
    return pack(
        [*packed.blocks, Block(opening=text, tokens=tokens)],
        store=packed.store,
        counter=packed.counter,
        flags=packed.flags,
        left_out=packed.left_out,
    )


def cached_share(before: Packed, after: Packed, *, ahead: int = 0, block: int = 16) -> int:
    """Return how many leading tokens of ``after`` an engine has cached from ``before``, at least.

    Counts whole sources: that two versions of one document begin alike is not looked at.

    Args:
        ahead: Tokens before both of them, equal in both.
        block: Tokens of a block of the engine's cache; only whole blocks are shared.
    """
    shared = ahead
    for one, other in zip(before.blocks, after.blocks, strict=False):
        if _identity(one) != _identity(other):
            break
        shared += other.tokens
    return shared // block * block


def _identity(block: Block) -> tuple[object, ...]:
    spans = block.source.spans if block.source is not None else ()
    return (block.opening, block.closing, spans, block.inserts, block.kept, block.digest)


def _padded(tokens: int, counter: TokenCounter) -> str:
    """Return a padding of exactly so many tokens: a space and a dot are one, and stay apart."""
    dots = tokens
    for _ in range(_TRIES):
        off = tokens - counter.count(text := _padding(dots))
        if not off:
            return text
        dots += off
    raise AssertionError(f"no padding of {tokens} tokens")


def _padding(dots: int) -> str:
    return f"(padding{' .' * dots})\n"
