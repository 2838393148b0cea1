"""Hostile PDFs: bombs, loops, lies and heaps, each made from a seeded generator of numbers.

They are written object by object, because no library writes such files. What one is made of is in
its function; only the numbers and the choices vary with the seed.
"""

from __future__ import annotations

import zlib
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from benchmarks.pdf_writer import FONT, TEXT, bomb, flate, page, pdf, stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


def flate_bomb(random: Random) -> bytes:
    size = random.choice((1 << 26, 1 << 28, 1 << 30, 1 << 32))
    pattern = random.choice((b" ", b"\0", b"q Q ", b"BT (boom) Tj ET\n"))
    return page(stream(bomb(pattern, size), b"/Filter/FlateDecode"))


def nested_filters(random: Random) -> bytes:
    data, names = bomb(b" ", random.choice((1 << 26, 1 << 29))), [b"/FlateDecode"]
    for _ in range(random.randint(1, 6)):
        data = zlib.compress(data, 9)
        names.insert(0, b"/FlateDecode")
    names = [b"/FlateDecode"] * random.choice((0, 0, 500)) + names
    return page(stream(data, b"/Filter[%b]" % b"".join(names)))


def hex_chain(random: Random) -> bytes:
    data, depth = TEXT, random.randint(1, 12)
    for _ in range(depth):
        data = data.hex().encode() + b">"
    extra = random.choice((0, 2_000))
    return page(stream(data, b"/Filter[%b]" % (b"/ASCIIHexDecode" * (depth + extra))))


def run_lengths(random: Random) -> bytes:
    """Every two bytes give 128: chained, each filter multiplies the one before."""
    data = b"\x81 " * random.choice((10_000, 500_000))
    count = random.randint(1, 4)
    return page(stream(data + b"\x80", b"/Filter[%b]" % (b"/RunLengthDecode" * count)))


def page_tree_loops(random: Random) -> bytes:
    kids = random.choice((b"2 0 R", b"2 0 R 3 0 R 2 0 R", b"1 0 R", b"6 0 R 3 0 R", b"99 0 R null"))
    count = random.choice((1, -1, 3, 2**31 - 1, 2**40, 99_999))
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Parent 6 0 R/Kids[%b]/Count %d>>" % (kids, count),
            3: b"<</Type/Page/Parent 3 0 R/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>",
            4: FONT,
            5: flate(TEXT),
            6: b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 6 0 R 3 0 R]/Count 7>>",
        }
    )


def form_recursion(random: Random) -> bytes:
    """Forms that draw themselves, each other, or ten of the next one, level upon level."""
    fan, depth = random.choice(((1, 1), (2, 2), (10, 8), (10, 20), (1, 2_000)))
    loops = random.random() < 0.5
    more = {}
    for level in range(depth):
        last = level + 1 == depth
        target = 6 if last and loops else 7 + level
        drawn = TEXT if last and not loops else b"/X Do\n" * fan
        entries = (
            b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources"
            b"<</Font<</F1 4 0 R>>/XObject<</X %d 0 R>>>>" % target
        )
        more[6 + level] = stream(drawn, entries)
    more.setdefault(6 + depth, b"null")
    return page(stream(b"/X Do\n"), resources=b"/XObject<</X 6 0 R>>", more=more)


def outline_loops(random: Random) -> bytes:
    link = random.choice((b"/Next 7 0 R", b"/First 6 0 R", b"/Next 8 0 R/First 7 0 R"))
    more = {
        6: b"<</Type/Outlines/First 7 0 R/Last 8 0 R/Count -5>>",
        7: b"<</Title(Tides)/Parent 6 0 R/Dest[3 0 R/Fit]%b>>" % link,
        8: b"<</Title(Moon)/Parent 7 0 R/Prev 8 0 R/Next 7 0 R/Dest[3 0 R/XYZ 0 nan 0]>>",
    }
    return page(catalog=b"/Outlines 6 0 R", more=more)


def many_bookmarks(random: Random) -> bytes:
    n, title = random.choice((20_000, 60_000)), b"T" * random.choice((5, 60))
    more = {6: b"<</Type/Outlines/First 7 0 R/Last %d 0 R/Count %d>>" % (6 + n, n)}
    for i in range(n):
        more[7 + i] = b"<</Title(%b %d)/Parent 6 0 R/Next %d 0 R/Dest[3 0 R/Fit]>>" % (
            title, i, 8 + i,
        )  # fmt: skip
    return page(catalog=b"/Outlines 6 0 R", more=more)


def name_tree_loops(random: Random) -> bytes:
    kids = random.choice((b"6 0 R", b"6 0 R 7 0 R", b"7 0 R 7 0 R 7 0 R"))
    more = {
        6: b"<</Limits[(a)(z)]/Kids[%b]>>" % kids,
        7: b"<</Limits[(a)(z)]/Kids[6 0 R]/Names[(t)[3 0 R/Fit]]/Nums[0<</S/D>>]>>",
        8: b"<</Type/Outlines/First 9 0 R/Last 9 0 R/Count 1>>",
        9: b"<</Title(Tides)/Parent 8 0 R/Dest(t)>>",
    }
    names = b"/Names<</Dests 6 0 R/EmbeddedFiles 6 0 R>>/PageLabels<</Kids[6 0 R 7 0 R]>>"
    return page(catalog=names + b"/Outlines 8 0 R", more=more)


def many_pages(random: Random) -> bytes:
    n = random.choice((2_000, 20_000, 100_000, 100_001))
    shared = random.random() < 0.7
    kids = b" ".join(b"%d 0 R" % (5 if shared else 5 + i) for i in range(n))
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, n),
        4: stream(b"BT (x) Tj ET"),
    }
    return pdf(objects | {5 + i: leaf for i in range(1 if shared else n)})


def many_fonts(random: Random) -> bytes:
    n = random.choice((1_000, 10_000))
    fonts = b"".join(b"/F%d %d 0 R" % (i, 6 + i) for i in range(n))
    drawn = b"".join(b"/F%d 9 Tf (a) Tj " % i for i in range(n))
    more = {6 + i: FONT.replace(b"Helvetica", b"Font%d" % i) for i in range(n)}
    content = flate(b"BT 9 700 Td " + drawn + b"ET")
    return page(content, resources=b"/Font<<%b>>" % fonts, more=more)


def strange_boxes(random: Random) -> bytes:
    numbers = (b"0", b"-9e9", b"nan", b"1e38", b"1e400", b"-0", b"99999999999", b"612", b"inf")
    box = b" ".join(random.choice(numbers) for _ in range(random.choice((0, 3, 4, 4, 4, 9))))
    crop = b" ".join(random.choice(numbers) for _ in range(4))
    turn, unit = random.choice((b"0", b"45", b"-90", b"2147483648")), random.choice(numbers)
    entries = b"/MediaBox[%b]/CropBox[%b]/Rotate %b/UserUnit %b" % (box, crop, turn, unit)
    return page(flate(b"1 1 1 rg " + TEXT + b"1 0 0 1 0 -20 cm " + TEXT), entries=entries)


def many_operators(random: Random) -> bytes:
    operators = (b"q ", b"0 0 1 1 re f ", b"1 0 0 1 0 0 cm ", b"9 9 m 8 8 l S ", b"Q ", b"[" * 9)
    count = random.choice((200_000, 1_000_000, 4_000_000))
    return page(stream(bomb(random.choice(operators), 12 * count), b"/Filter/FlateDecode"))


def many_characters(random: Random) -> bytes:
    """One page of up to three million characters: apart, on one line, or all in one place."""
    count = random.choice((300_000, 1_000_000, 3_000_000))
    move = random.choice((b"0 -1 Td", b"", b"1 0 Td", b"1 0 0 1 72 72 Tm"))
    shown = b"(%b) Tj %b " % (b"a" * random.choice((1, 40)), move)
    body = shown * (count // shown.count(b"a"))
    paint = random.choice((b"", b"1 1 1 rg ", b"3 Tr "))
    return page(flate(b"BT /F1 1 Tf 72 700 Td %b%b ET" % (paint, body)))


def broken_table(random: Random) -> bytes:
    """Cross-references that loop, lie, or point to nowhere."""
    data = page()
    start = data.rindex(b"startxref")
    place = data.rindex(b"xref\n0")
    kind = random.randrange(5)
    if kind == 0:
        return data.replace(b"trailer\n<<", b"trailer\n<</Prev %d" % place)
    if kind == 1:
        return data[:start] + b"startxref\n%d\n%%%%EOF" % random.choice((0, 10**15, 2**63, 5))
    if kind == 2:
        return data.replace(b"xref\n0 6", b"xref\n0 %d" % random.choice((2**31, 10**12, 0)))
    if kind == 3:
        return data.replace(b" 00000 n", b" 99999 n", random.randint(1, 5))
    return data.replace(b"/Size 6", b"/Size 6/XRefStm %d/Prev %d" % (place, place))


def truncated(random: Random) -> bytes:
    data = random.choice((page, good))()
    return data[: random.randint(0, len(data) - 1)]


def wrong_lengths(random: Random) -> bytes:
    lie = random.choice((0, 1, -1, 10**9, 2**31, 2**63))
    data = zlib.compress(TEXT * random.randint(1, 9))
    content = stream(data, b"/Filter/FlateDecode", length=lie)
    if random.random() < 0.3:
        content = content.replace(b"/Length %d" % lie, b"/Length 5 0 R")
    return page(content)


def deep_values(random: Random) -> bytes:
    depth = random.choice((500, 10_000, 1_000_000))
    opening, closing = random.choice(((b"[", b"]"), (b"<</A ", b">>"), (b"[<</A[", b"]>>]")))
    value = opening * depth + (closing * depth if random.random() < 0.7 else b"")
    if random.random() < 0.5:
        return page(flate(value + b" " + TEXT))
    return page(entries=b"/MediaBox[0 0 612 792]/Deep %b" % value)


def huge_strings(random: Random) -> bytes:
    size = random.choice((100_000, 3_000_000))
    text = random.choice((b"a", b"((", b"\\", b"\\777", b"a ")) * size
    kind = random.randrange(3)
    if kind == 0:
        return page(flate(b"BT /F1 12 Tf 9 9 Td (" + text + b") Tj ET"))
    if kind == 1:
        return page(flate(b"BT /" + b"N" * size + b" 12 Tf <" + b"61" * size + b"> Tj ET"))
    return page(entries=b"/MediaBox[0 0 612 792]/PieceInfo(" + text + b")")


def bad_unicode_maps(random: Random) -> bytes:
    lines = (
        b"1 begincodespacerange <00> <ff> endcodespacerange",
        b"1 beginbfrange <00> <ffffffff> <0041> endbfrange",
        b"1 beginbfrange <20> <7f> <d800> endbfrange",
        b"1 beginbfchar <54> <0000> endbfchar",
        b"1 beginbfrange <20> <7f> [<d83dde00> <00> <>] endbfrange",
        b"1 beginbfrange <7f> <20> <fffe> endbfrange",
        b"/Self usecmap",
        b"1 beginbfchar <74> <" + b"0041" * 100_000 + b"> endbfchar",
        b"2000000000 beginbfchar",
        b"1 beginbfrange <20> <7f> <202e> endbfrange",
    )
    chosen = random.sample(lines, random.randint(1, 5))
    cmap = stream(b"\n".join(chosen), b"/UseCMap 6 0 R/CMapName/Self")
    font = FONT.replace(b">>", b"/ToUnicode 6 0 R>>")
    return page(resources=b"/Font<</F1 7 0 R>>", more={6: cmap, 7: font})


def reference_loops(random: Random) -> bytes:
    target = random.choice((b"/Contents 5 0 R", b"/Resources 6 0 R", b"/MediaBox 6 0 R"))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 6 0 R>>",
        3: b"<</Type/Page/Parent 2 0 R%b>>" % target,
        5: random.choice((b"6 0 R", b"[5 0 R 5 0 R 5 0 R]", b"5 0 R")),
        6: random.choice((b"5 0 R", b"6 0 R", b"<</Font 6 0 R/XObject 6 0 R>>")),
    }
    return pdf(objects, trailer=b"/Info 6 0 R/Prev 6 0 R")


def object_streams(random: Random) -> bytes:
    """Object streams that hold themselves, extend themselves, or unpack to a gigabyte."""
    kind = random.randrange(3)
    body = b"6 0 7 20 " + b"<</Type/ObjStm>>    <</A 7 0 R>>"
    entries = b"/Type/ObjStm/N %d/First 9" % random.choice((2, 10**9, -1))
    if kind == 0:
        more = {6: stream(body, entries + b"/Extends 6 0 R")}
    elif kind == 1:
        packed = bomb(b"7 0 ", 1 << 30)
        more = {6: stream(packed, b"/Type/ObjStm/N 200000000/First 800000000/Filter/FlateDecode")}
    else:
        more = {6: stream(body, entries), 7: stream(body, entries + b"/Extends 6 0 R")}
    data = page(more=more, catalog=b"/Outlines 7 0 R/Lang 6 0 R")
    # Without its table a reader has to look through the objects itself.
    return data[: data.rindex(b"xref\n0")] + b"trailer\n<</Root 1 0 R>>\n"


def type3_recursion(random: Random) -> bytes:
    depth = random.randint(1, 3)
    drawn = b"BT /F1 1 Tf (%b) Tj ET" % (b"a" * random.choice((1, 40)))
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97"
        b"/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 7 0 R>>"
        b"/Resources<</Font<</F1 6 0 R>>>>>>"
    )
    content = flate(b"1 1 1 rg " + TEXT * depth)
    return page(content, resources=b"/Font<</F1 6 0 R>>", more={6: font, 7: stream(drawn)})


def drawing_traps(random: Random) -> bytes:
    """White text makes the loader draw the page; what is drawn with it is the trap."""
    tile = (
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep %b/YStep %b"
        b"/Resources<</Pattern<</P 6 0 R>>/XObject<</I 7 0 R>>>>"
    ) % (random.choice((b"1e-9", b"0", b"0.01", b"-1")), random.choice((b"1e-9", b"0.01", b"1")))
    side = random.choice((10_000, 65_535, 2**31 - 1))
    image = (
        b"/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB"
        b"/Filter/FlateDecode/SMask 7 0 R" % (side, side)
    )
    shading = b"<</ShadingType 1/ColorSpace/DeviceRGB/Function 9 0 R/Domain[0 1e9 0 1e9]>>"
    function = stream(b"{" * random.choice((1, 5_000)) + b"}", b"/FunctionType 4/Domain[0 1 0 1]")
    drawn = random.choice((b"/I Do ", b"/Pattern cs /P scn 0 0 612 792 re f ", b"/S sh "))
    resources = (
        b"/Font<</F1 4 0 R>>/Pattern<</P 6 0 R>>/XObject<</I 7 0 R>>/Shading<</S 8 0 R>>"
        b"/ExtGState<</G<</SMask<</S/Luminosity/G 10 0 R>>>>>>"
    )
    form = stream(b"/G gs " + drawn, b"/Subtype/Form/BBox[0 0 9 9]/Resources<<%b>>" % resources)
    content = flate(drawn + b"/G gs 1 1 1 rg " + TEXT * random.choice((1, 500)))
    more = {
        6: stream(b"/Pattern cs /P scn 0 0 9 9 re f /I Do", tile),
        7: stream(bomb(b"\0", random.choice((1 << 20, 1 << 30))), image),
        8: shading,
        9: function,
        10: form,
    }
    return page(content, resources=resources, more=more)


def strange_text_state(random: Random) -> bytes:
    numbers = (b"0", b"-1e38", b"1e38", b"1e-38", b"nan", b"-12", b"99999999999999999999", b"1")
    drawn = b""
    for _ in range(random.randint(1, 200)):
        matrix = b" ".join(random.choice(numbers) for _ in range(6))
        size, rise = random.choice(numbers), random.choice(numbers)
        drawn += b"BT /F1 %b Tf %b Tm %b Ts %b Tz (tide) Tj ET\n" % (size, matrix, rise, size)
    return page(flate(drawn))


def annotations(random: Random) -> bytes:
    n = random.choice((1_000, 100_000))
    note = b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/AP<</N 7 0 R>>/Parent 6 0 R/Kids[6 0 R]>>"
    look = stream(b"/X Do", b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 7 0 R>>>>")
    entries = b"/MediaBox[0 0 612 792]/Annots[%b]" % (b"6 0 R " * n)
    content = flate(b"1 1 1 rg " + TEXT)
    catalog = b"/AcroForm<</Fields[6 0 R]/XFA 7 0 R>>/OpenAction 6 0 R"
    return page(content, entries=entries, more={6: note, 7: look}, catalog=catalog)


def encrypted(random: Random) -> bytes:
    kind = random.randrange(5)
    if kind < 3:
        return _locked(("RC4-128", "AES-128", "AES-256")[kind])
    handler = random.choice((b"/V 99/R 99", b"/V 5/R 6", b"/V 4/CF<</StdCF 7 0 R>>", b"/V -1"))
    lock = b"<</Filter/Standard%b/O(%b)/U(x)/P 1>>" % (handler, b"o" * random.randint(0, 64))
    data = page(more={6: lock})
    return data.replace(b"trailer\n<<", b"trailer\n<</Encrypt 6 0 R/ID[(a)(b)]")


@cache
def _locked(algorithm: str) -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=BytesIO(page()))
    writer.encrypt("a password", algorithm=algorithm)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def good(random: Random | None = None) -> bytes:
    """Return a PDF that any reader reads."""
    pages = random.randint(1, 5) if random else 3
    kids = b" ".join(b"%d 0 R" % (5 + 2 * i) for i in range(pages))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
        3: FONT,
    }
    for i in range(pages):
        entries = b"/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
        objects[5 + 2 * i] = b"<</Type/Page/Parent 2 0 R%b/Contents %d 0 R>>" % (entries, 6 + 2 * i)
        objects[6 + 2 * i] = flate(TEXT)
    return pdf(objects)


def mutated(random: Random) -> bytes:
    data = bytearray(random.choice((page(), good(), outline_loops(random))))
    for _ in range(random.randint(1, 60)):
        place = random.randrange(len(data))
        if random.random() < 0.5:
            data[place] = random.randrange(256)
        else:
            del data[place : place + random.randint(1, 9)]
    return bytes(data)


PDFS: tuple[Callable[[Random], bytes], ...] = (
    flate_bomb, nested_filters, hex_chain, run_lengths, page_tree_loops, form_recursion,
    outline_loops, many_bookmarks, name_tree_loops, many_pages, many_fonts, strange_boxes,
    many_operators, many_characters, broken_table, truncated, wrong_lengths, deep_values,
    huge_strings, bad_unicode_maps, reference_loops, object_streams, type3_recursion,
    drawing_traps, strange_text_state, annotations, encrypted, good, mutated,
)  # fmt: skip
