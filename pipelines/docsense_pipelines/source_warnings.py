"""What a reader should know of sources in a prompt: what speaks to a model, what did not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docsense.packing import Packed


def warnings(packed: Packed) -> Iterator[str]:
    """Yield a line for each source that holds what reads like an instruction to a model."""
    for flag in {flag.uri: flag for flag in reversed(packed.flags)}.values():
        yield (
            f"{flag.name} holds text that reads like an instruction to a model, taken as data: "
            f"“{flag.excerpt}”"
        )


def brief_warnings(packed: Packed) -> list[str]:
    """Tell of what speaks to a model and of what did not fit, a line each that names the first."""
    found = []
    if packed.flags:
        first = packed.flags[0]
        found.append(
            f"{first.name} holds text that reads like an instruction to a model, taken as data: "
            f"“{first.excerpt}”"
            + (f" (and {len(packed.flags) - 1} more)" * (len(packed.flags) > 1))
        )
    if packed.left_out:
        first_out = packed.left_out[0]
        more = f" and {len(packed.left_out) - 1} more" if len(packed.left_out) > 1 else ""
        found.append(f"left out of the prompt: {first_out.name} ({first_out.reason}){more}")
    return found
