"""Responses of a server that may be hostile: read up to a size, in a time, never unpacked.

A compressed response of some kilobytes unpacks to gigabytes, so none is asked for and none is
taken.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from docsense.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

MOST_BYTES = 16 * 1024**2
"""Of a response that is read whole: a list of models or metrics has kilobytes."""

PLAIN = {"Accept-Encoding": "identity"}
"""Headers of every request."""

_HINT = "correct DOCSENSE_BASE_URL: what answers there is no model server as they are known"


def read_some(response: httpx.Response, *, where: str, most: int) -> Iterator[bytes]:
    """Yield the body as it arrives.

    Args:
        where: What errors call the server.
        most: Bytes.

    Raises:
        EngineError: It is compressed, or longer than ``most``.
    """
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise EngineError(f"{where}: answers compressed ({encoding[:20]!r}), unasked", hint=_HINT)
    received = 0
    for chunk in response.iter_bytes():
        received += len(chunk)
        if received > most:
            raise EngineError(f"{where}: answers with more than {most:,} bytes", hint=_HINT)
        yield chunk


def read_whole(
    response: httpx.Response, *, where: str, seconds: float, most: int = MOST_BYTES
) -> bytes:
    """Return the body of a response that was opened as a stream.

    Args:
        seconds: That it may take in all, however steadily it trickles.

    Raises:
        EngineError: As ``read_some``, or it takes longer.
    """
    deadline = time.monotonic() + seconds
    body = bytearray()
    for chunk in read_some(response, where=where, most=most):
        body += chunk
        if time.monotonic() > deadline:
            raise EngineError(f"{where}: still answering after {seconds:.0f} s", hint=_HINT)
    return bytes(body)
