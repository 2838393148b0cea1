"""The JSON body of a request, made piece by piece while it is sent.

A corpus of ten million tokens is about 42 MB: it is neither joined nor held. The bytes equal
``json.dumps`` of the joined messages (non-ASCII as UTF-8, which is half the size of escapes for
most scripts), except that lone surrogates become U+FFFD: UTF-8 has no form for them, and servers
answer their escapes with an error.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docsense.engines import Message

_WRITE = 1 << 16
"""Bytes, about: smaller pieces are sent together, larger texts in parts of so many characters."""

_SMALL = 1 << 20
"""Bytes: a body up to here goes out whole, with its length, which every server understands."""

_LONE = re.compile("[\ud800-\udfff]")


class JsonBody:
    """An object with the messages and other fields, as bytes; may be iterated again for a retry."""

    def __init__(self, messages: Sequence[Message], fields: Mapping[str, object]) -> None:
        self._messages = messages
        self._fields = fields

    def __iter__(self) -> Iterator[bytes]:
        """Yield writes of about 64 KiB."""
        waiting: list[str] = []
        size = 0
        for part in self._parts():
            waiting.append(part)
            size += len(part)
            if size >= _WRITE:
                yield _encoded("".join(waiting))
                waiting, size = [], 0
        if waiting:
            yield _encoded("".join(waiting))

    def content(self) -> bytes | JsonBody:
        """Return what to send: a small body as its bytes, another as itself, made while sent."""
        whole = bytearray()
        for part in self:
            whole += part
            if len(whole) > _SMALL:
                return self
        return bytes(whole)

    def _parts(self) -> Iterator[str]:
        yield '{"messages":['
        for number, message in enumerate(self._messages):
            yield f'{"," if number else ""}{{"role":{_dumps(message.role)},"content":"'
            for piece in message.pieces():
                for start in range(0, len(piece), _WRITE):
                    yield _dumps(piece[start : start + _WRITE])[1:-1]
            yield '"}'
        fields = _dumps(self._fields)[1:]
        yield "]," + fields if self._fields else "]" + fields


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _LONE.sub("\ufffd", text).encode()
