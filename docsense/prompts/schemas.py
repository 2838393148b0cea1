"""What a model has to answer: quotes first, then the sentence that they carry.

A model writes from left to right, so evidence that stands before a claim shapes it; a claim that
comes first is only defended. Lists are bounded, so that no answer runs on until the window ends.

Strings are not: with ``minLength`` or ``maxLength`` xgrammar 0.2.8, vLLM's default backend, forbids
every escape in the string, so that a quote with a quotation mark, a backslash or a line break
cannot be written (https://github.com/mlc-ai/xgrammar/issues/800). And vLLM refuses to enforce
``uniqueItems``, ``contains`` or ``patternProperties`` with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = Mapping[str, object]

MOST_CLAIMS = 16
MOST_SECTIONS = 12
MOST_QUOTES = 3

_TEXT = {"type": "string"}
_SOURCE = {"type": "string", "pattern": "^S[1-9][0-9]{0,6}$"}


def _object(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: object, most: int, *, least: int = 0) -> dict[str, object]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


_QUOTE = _object(source=_SOURCE, quote=_TEXT)
_CLAIM = _object(quotes=_list(_QUOTE, MOST_QUOTES, least=1), text=_TEXT)
_SECTION = _object(title=_TEXT, claims=_list(_CLAIM, MOST_CLAIMS, least=1))

ANSWER_SCHEMA: Schema = _object(claims=_list(_CLAIM, MOST_CLAIMS), missing=_TEXT)
"""``claims`` with their quotes, and in ``missing`` what the sources do not hold, or nothing."""

SUMMARY_SCHEMA: Schema = _object(sections=_list(_SECTION, MOST_SECTIONS, least=1))
"""Titled sections of claims, each with its quotes."""
