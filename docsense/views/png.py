"""Pixels as PNG bytes, the same for the same pixels; no imaging package is needed.

Format: W3C PNG (third edition), section 5 (chunks) and 9 (filter type 2, "up").
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

_LEVEL = 6


def png(pixels: NDArray[uint8]) -> bytes:
    """Encode pixels of shape (height, width, 3), red, green, blue, of 255; gray ones as gray."""
    import numpy as np

    height, width, _ = pixels.shape
    gray = bool((pixels[:, :, 0] == pixels[:, :, 1]).all()) and bool(
        (pixels[:, :, 1] == pixels[:, :, 2]).all()
    )
    rows = np.ascontiguousarray(pixels[:, :, :1] if gray else pixels).reshape(height, -1)
    above = np.zeros_like(rows)
    above[1:] = rows[:-1]
    filtered = np.full((height, rows.shape[1] + 1), 2, np.uint8)
    filtered[:, 1:] = rows - above  # modulo 256, as the format wants
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if gray else 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(filtered.tobytes(), _LEVEL))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
