"""Hostile Word documents: zip bombs of every make, and XML that grows, loops or reaches out."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.pdf_writer import bomb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="text/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/></Types>'
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_PARAGRAPH = "<w:p><w:r><w:t>The tides rise twice a day.</w:t></w:r></w:p>"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def word(body: str, *, prolog: str = "", parts: Iterable[tuple[str, str | bytes]] = ()) -> bytes:
    """Return a Word document with this body and these other parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _put(archive, "[Content_Types].xml", _TYPES)
        _put(archive, "_rels/.rels", _RELATIONS)
        document = f"{prolog}<w:document {_W}><w:body>{body}</w:body></w:document>"
        _put(archive, "word/document.xml", document)
        for name, content in parts:
            _put(archive, name, content)
    return buffer.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)


class _Member:
    """A part of a hand-made zip: what is packed, and what its two headers claim of it."""

    def __init__(self, name: str, packed: bytes, *, size: int, crc: int = 0) -> None:
        self.name, self.packed, self.size, self.crc = name.encode(), packed, size, crc

    def _fields(self) -> bytes:
        packed = len(self.packed)
        return struct.pack(
            "<5H3I2H", 20, 0, 8, 0, 33, self.crc, packed, self.size, len(self.name), 0
        )

    def local(self) -> bytes:
        return b"PK\x03\x04" + self._fields() + self.name + self.packed

    def central(self, place: int) -> bytes:
        after = struct.pack("<3H2I", 0, 0, 0, 0, place)
        return b"PK\x01\x02\x14\x00" + self._fields() + after + self.name


def hand_made(members: Iterable[_Member], *, overlapping: bool = False) -> bytes:
    """Return a zip of these members; ``overlapping``: all of them stand where the last one does."""
    out, places, members = bytearray(), [], list(members)
    for member in members if not overlapping else members[-1:]:
        places.append(len(out))
        out += member.local()
    start = len(out)
    for i, member in enumerate(members):
        out += member.central(places[0 if overlapping else i])
    count = min(len(members), 65_535)
    return bytes(out) + b"PK\x05\x06" + struct.pack(
        "<4H2IH", 0, 0, count, count, len(out) - start, start, 0
    )  # fmt: skip


def _packed(data: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(data) + packer.flush()


def _raw_bomb(size: int, pattern: bytes) -> bytes:
    return bomb(pattern, size)[2:-4]


def ratio_bomb(random: Random) -> bytes:
    """One part that unpacks to gigabytes; its header tells the truth, or claims a few bytes."""
    size = random.choice((1 << 26, 1 << 30, 1 << 32))
    claimed = random.choice((min(size, 2**32 - 2), 1_000, 59_000_000))
    name = random.choice(("word/document.xml", "word/media/image1.png", "word/styles.xml"))
    return hand_made(
        [
            _member("[Content_Types].xml", _TYPES),
            _member("_rels/.rels", _RELATIONS),
            _member(
                "word/document.xml", f"<w:document {_W}><w:body>{_PARAGRAPH}</w:body></w:document>"
            ),
            _Member(name, _raw_bomb(size, random.choice((b" ", b"<a>"))), size=claimed),
        ]
    )


def _member(name: str, text: str) -> _Member:
    data = text.encode()
    return _Member(name, _packed(data), size=len(data), crc=zlib.crc32(data))


def overlapping_parts(random: Random) -> bytes:
    count = random.choice((100, 20_000))
    packed = _raw_bomb(1 << 24, b"0")
    parts = [
        _Member(f"word/{i}.bin", packed, size=random.choice((1 << 24, 9))) for i in range(count)
    ]
    return hand_made(parts, overlapping=True)


def many_parts(random: Random) -> bytes:
    count = random.choice((5_000, 60_000))
    extra = [_Member(f"word/{i}.xml", b"\x03\x00", size=0) for i in range(count)]
    body = f"<w:document {_W}><w:body>{_PARAGRAPH}</w:body></w:document>"
    return hand_made(
        [_member("_rels/.rels", _RELATIONS), _member("word/document.xml", body), *extra]
    )


def nested_archives(random: Random) -> bytes:
    data = word(_PARAGRAPH)
    for i in range(random.randint(1, 20)):
        data = word(_PARAGRAPH, parts=[(f"word/embeddings/{i}.docx", data)])
    return data


def strange_names(random: Random) -> bytes:
    names = ("../../etc/passwd", "/etc/passwd", "C:\\x", "word/../../x", "a\nb", "word/\x1b[2J",
             "word/document.xml", "word\\document.xml", "x" * 60_000, "word/é", "")  # fmt: skip
    body = f"<w:document {_W}><w:body>{_PARAGRAPH}</w:body></w:document>"
    members = [_member(name, "x") for name in random.sample(names, 5)]
    return hand_made(
        [*members[:2], _member("_rels/.rels", _RELATIONS), _member("word/document.xml", body),
         *members[2:]]
    )  # fmt: skip


def growing_entities(random: Random) -> bytes:
    """The billion laughs, or one long entity said very often."""
    if random.random() < 0.5:
        letters = "abcdefghij"
        grow = "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in pairwise(letters))
        prolog = f"<!DOCTYPE w [<!ENTITY a 'ha'>{grow}]>"
        return word("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", prolog=prolog)
    size = random.choice((1_000, 100_000))
    prolog = f"<!DOCTYPE w [<!ENTITY a '{'x' * size}'>]>"
    return word(f"<w:p><w:r><w:t>{'&a;' * size}</w:t></w:r></w:p>", prolog=prolog)


def outside_entities(random: Random) -> bytes:
    target = random.choice(("file:///etc/passwd", "http://127.0.0.1:9/x", "file:///dev/zero"))
    kind = random.choice((f'<!ENTITY a SYSTEM "{target}">', f'<!ENTITY % a SYSTEM "{target}"> %a;'))
    text = "<w:p><w:r><w:t>Tides &a;</w:t></w:r></w:p>"
    return word(text, prolog=f"<!DOCTYPE w [{kind}]>")


def deep_elements(random: Random) -> bytes:
    depth = random.choice((100, 900, 100_000))
    tag = random.choice(("w:tbl><w:tr><w:tc", "w:sdt><w:sdtContent", "w:ins", "w:smartTag", "w:x"))
    closing = "".join(f"</{part}>" for part in reversed(tag.split("><")))
    return word(f"<{tag}>" * depth + _PARAGRAPH + closing * depth)


def many_paragraphs(random: Random) -> bytes:
    return word(_PARAGRAPH * random.choice((10_000, 100_000, 800_000)))


def huge_values(random: Random) -> bytes:
    n, span = random.choice((1_000, 2_000_000)), random.choice((10**9, -1, 0, 5))
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/><w:vMerge/></w:tcPr>{_PARAGRAPH}</w:tc>'
    body = f'<w:p w:x="{"v" * n}"><w:r><w:t>{"t" * n}</w:t></w:r></w:p>'
    return word(
        body + f"<w:tbl><w:tr>{cell * 3}</w:tr></w:tbl>" + "<w:tbl>" * random.choice((0, 1))
    )


def style_loops(random: Random) -> bytes:
    style = (
        '<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="a"/><w:name w:val="a"/>'
        "</w:style>"
    )
    link = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="n"/></w:abstractNum>'
    numbering = f'<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>{link}'
    named = (
        '<w:style w:type="numbering" w:styleId="n"><w:name w:val="n"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/{kind}" Target="{kind}.xml"/>'
        for i, kind in enumerate(("styles", "numbering", "footnotes"))
    )
    note = '<w:footnote w:id="2"><w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p></w:footnote>'
    number = (
        '<w:pPr><w:pStyle w:val="a"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
        "</w:pPr>"
    )
    body = f'<w:p>{number}<w:r><w:t>Tides</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
    return word(
        body * random.randint(1, 3),
        parts=[
            ("word/styles.xml", f"<w:styles {_W}>{style}{named}</w:styles>"),
            ("word/numbering.xml", f"<w:numbering {_W}>{numbering}</w:numbering>"),
            ("word/footnotes.xml", f"<w:footnotes {_W}>{note}</w:footnotes>"),
            (
                "word/_rels/document.xml.rels",
                f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
            ),
        ],
    )


def damaged(random: Random) -> bytes:
    data = bytearray(word(_PARAGRAPH * 3))
    for _ in range(random.randint(1, 20)):
        data[random.randrange(len(data))] = random.randrange(256)
    cut = random.choice((len(data), random.randrange(len(data))))
    return random.choice((b"", b"", b"junk before it")) + bytes(data[:cut])


def good_document(random: Random) -> bytes:
    return word(_PARAGRAPH * random.randint(1, 9))


ZIPS: tuple[Callable[[Random], bytes], ...] = (
    ratio_bomb, overlapping_parts, many_parts, nested_archives, strange_names, growing_entities,
    outside_entities, deep_elements, many_paragraphs, huge_values, style_loops, damaged,
    good_document,
)  # fmt: skip
