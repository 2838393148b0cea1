"""PDFs written object by object, so that they can be as wrong as no library would write them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
TEXT = b"BT /F1 12 Tf 72 700 Td (The tides rise twice a day, as the moon does.) Tj ET\n"


def pdf(objects: Mapping[int, bytes], *, root: int = 1, trailer: bytes = b"") -> bytes:
    """Return a PDF of numbered objects with a correct table of where they stand."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        place = places.get(number)
        out += b"%010d 00000 n \n" % place if place else b"0000000000 65535 f \n"
    out += b"trailer\n<</Size %d/Root %d 0 R%b>>\nstartxref\n" % (size, root, trailer)
    out += b"%d\n%%%%EOF\n" % start
    return bytes(out)


def stream(data: bytes, entries: bytes = b"", *, length: int | None = None) -> bytes:
    """Return a stream object; ``length`` may lie."""
    size = len(data) if length is None else length
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (size, entries, data)


def flate(data: bytes) -> bytes:
    return stream(zlib.compress(data, 1), b"/Filter/FlateDecode")


def page(
    content: bytes = b"",
    *,
    resources: bytes = b"/Font<</F1 4 0 R>>",
    entries: bytes = b"/MediaBox[0 0 612 792]",
    more: Mapping[int, bytes] | None = None,
    catalog: bytes = b"",
) -> bytes:
    """Return a PDF of one page: catalog 1, pages 2, page 3, font 4, content 5, ``more`` from 6."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R%b/Resources<<%b>>/Contents 5 0 R>>" % (entries, resources),
        4: FONT,
        5: content or flate(TEXT),
    }
    return pdf(objects | dict(more or {}))


def bomb(pattern: bytes, size: int) -> bytes:
    """Return a zlib stream that unpacks to ``size`` bytes of a pattern, without packing them all.

    Blocks end in a full flush, so that one packed block can stand any number of times; the
    checksum at the end is that of nothing, which readers of PDF do not look at.
    """
    block = pattern * max(1, (1 << 20) // len(pattern))
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, wbits=-15)
    end = last.flush(zlib.Z_FINISH)
    return b"\x78\xda" + packed * max(1, size // len(block)) + end + bytes(4)
