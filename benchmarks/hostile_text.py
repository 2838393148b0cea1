"""Hostile HTML, Markdown, notebooks, code and plain text, each made from a seeded generator.

What is deep is deeper than any stack, what is long has one line, and what is repeated is what a
backtracking pattern or a parser of brackets likes least.
"""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_PROSE = "The tides rise twice a day, as the moon does. "


def deep_tags(random: Random) -> bytes:
    depth = random.choice((255, 2_000, 5_000, 50_000, 50_000, 1_000_000))
    tag = random.choice(("div", "b", "table><tr><td", "ul><li", "blockquote", "h1", "svg", "font"))
    closing = "".join(f"</{part}>" for part in reversed(tag.split("><")))
    tail = closing * depth if random.random() < 0.5 else ""
    return (f"<{tag}>" * depth + _PROSE + tail).encode()


def huge_attributes(random: Random) -> bytes:
    size = random.choice((10_000, 300_000, 3_000_000))
    value = random.choice(
        ("a", "transform:", "color:", "width:0;", "&amp;", "scale(", " ", "#fff ")
    )
    name = random.choice(("style", "title", "bgcolor", "class", "color", "x" * 1_000_000))
    tag = random.choice(("p", "font", "td", "table"))
    return f'<{tag} {name}="{value * (size // len(value))}">{_PROSE}</{tag}>'.encode()


def strange_colors(random: Random) -> bytes:
    words = ("rgb(1,2,3,.)", "rgba(999 999 999 / 1.1.1)", "#ggg", "#12345", "rgb(٣,٤,٥)", "url(x")
    rules = (f"color:{random.choice(words)};background:{random.choice(words)}" for _ in range(50))
    return "".join(f'<p style="{rule}">{_PROSE}</p>' for rule in rules).encode()


def many_colored(random: Random) -> bytes:
    n = random.choice((1_000, 20_000, 100_000))
    return ('<p style="color:#eee">Tide.</p>' * n).encode()


def many_tables(random: Random) -> bytes:
    n = random.choice((1_000, 10_000))
    kind = random.randrange(3)
    if kind == 0:
        return ("<table><tr><td>Tide<td>3</table>" * 5 * n).encode()
    if kind == 1:
        return ("<table><tr>" + "<td>1" * 50 * n).encode()
    cell = "<td><span>" + "x" * random.choice((10, 1_999)) + "</span>"
    return ("<table>" + f"<tr>{cell * 5}" * (n // 5)).encode()


def broken_markup(random: Random) -> bytes:
    pieces = ("<!--", "<![CDATA[", "<plaintext>", "<", "</", "<a href='", "&#x110000;", "&#0;", "&",
              "<!DOCTYPE", "<?", "<script>", "<title>", "\0<p>")  # fmt: skip
    piece = random.choice(pieces)
    n = random.choice((1, 1_000, 500_000))
    return (f"<p>{_PROSE}</p>" + piece * n + _PROSE).encode()


def lying_charset(random: Random) -> bytes:
    name = random.choice(("idna", "undefined", "zlib", "utf-7", "punycode", "unicode_escape", "hex",
                          "utf-16", "rot13", "shift_jis", "mbcs", "utf_8_sig", "x" * 50, "cp037",
                          "raw_unicode_escape", "base64", "iso2022_jp_3"))  # fmt: skip
    body = f"<p>{_PROSE}\\ud800 \\x00 +2AA- ".encode() + bytes(
        random.randrange(256) for _ in range(99)
    )
    return f'<meta charset="{name}">'.encode() + body


def brackets(random: Random) -> bytes:
    pieces = ("[", "![", "[a](", "*a_ ", "**a ", "`", "<", "[[a]: ", "\\", "&", "<!--", "]", "~~",
              "![[]()", "a**b*c_", "[x]: <", "|")  # fmt: skip
    run = random.choice(pieces) * random.choice((5_000, 50_000, 200_000))
    head = random.choice(("# ", "", "> # ", "- # "))
    return f"# Tides\n\n{head}{run}\n{random.choice(('===', '---', ''))}\n{_PROSE}".encode()


def deep_lists(random: Random) -> bytes:
    depth = random.choice((200, 2_000, 20_000))
    mark = random.choice(("> ", "- ", "1. ", "* - ", ">", "+ > "))
    if random.random() < 0.5:
        return (mark * depth + "# Tides\n").encode()
    depth = min(depth, 2_000)
    return "".join(f"{'  ' * i}- a\n" for i in range(depth)).encode() + b"# Tides\n"


def long_paragraphs(random: Random) -> bytes:
    n = random.choice((10_000, 100_000))
    line = random.choice(
        (_PROSE, "a|b|c", "*" * 30, "[a]: b 'c", "<div", "    x", "- ", "# #", "```")
    )
    front = random.choice(("", "---\n", "+++\n", "---\ntitle: " + "[" * 10_000 + "\n---\n"))
    return f"{front}{f'{line}{chr(10)}' * n}\n===\n".encode()


def deep_json(random: Random) -> bytes:
    depth = random.choice((500, 5_000, 300_000))
    opening, closing = random.choice((("[", "]"), ('{"cells":', "}"), ('{"a":[', "]}")))
    return (opening * depth + "1" + closing * depth).encode()


def huge_outputs(random: Random) -> bytes:
    size = random.choice((10_000, 2_000_000))
    text = random.choice(("x", "x\n", "# a\n", "[", "\x1b[31m", "\ud800", "\u202e"))
    output = {"output_type": "stream", "text": text * (size // len(text))}
    cells = [{"cell_type": "code", "source": _PROSE, "outputs": [output] * random.randint(1, 3)}]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


def wrong_types(random: Random) -> bytes:
    values = (None, 0, -1, 10**400, "x", [], {}, [[[]]], {"a": None}, True, float("nan"), ["a", 1])
    cells = [
        {
            "cell_type": random.choice(("code", "markdown", "heading", *values)),
            "source": random.choice((_PROSE, [_PROSE, None, 3], *values)),
            "level": random.choice(values),
            "outputs": random.choice((values, [{"data": {"text/plain": v}} for v in values], 3)),
        }
        for _ in range(random.randint(0, 50))
    ]
    book = {
        "cells": random.choice((cells, cells, cells, None)),
        "worksheets": random.choice(values),
    }
    return (
        json.dumps(book, default=str)
        .encode()
        .replace(b"NaN", random.choice((b"NaN", b"9" * 9_999)))
    )


def many_cells(random: Random) -> bytes:
    n = random.choice((1_000, 50_000))
    cell = {"cell_type": "markdown", "source": f"# {_PROSE}\n\n- a\n" + "[" * random.choice((0, 9))}
    return json.dumps({"cells": [cell] * n}).encode()


def deep_code(random: Random) -> bytes:
    depth = random.choice((1_000, 20_000, 1_000_000))
    pieces = ("(", "[", "{", "f(", "A<", "if(a){", "-", "!", "a?b:", "#if 1\n", "\"\\", "=>", "*",
              "function a(){", "struct a{", "class a{", "lambda:", "a.")  # fmt: skip
    piece = random.choice(pieces)
    # Lines keep it from being refused as minified.
    step = random.choice((1, 50))
    return "\n".join(piece * step for _ in range(depth // step)).encode()


def nested_symbols(random: Random) -> bytes:
    depth = random.choice((100, 1_500))
    if random.random() < 0.5:
        return "".join(f"{' ' * i}def tide_{i}(a):\n" for i in range(depth)).encode() + b"  pass\n"
    body = "".join(f"function tide_{i}(a) {{\n" for i in range(20 * depth))
    return (body + "}\n" * 20 * depth).encode()


def many_symbols(random: Random) -> bytes:
    n = random.choice((10_000, 100_000))
    comment = "# é\n" * random.choice((0, 1, 9))
    return "".join(f"{comment}def tide_{i}(): return {i}\n" for i in range(n)).encode()


def one_line(random: Random) -> bytes:
    """A line of up to 100 MB; most are far shorter, for the disk's sake."""
    size = random.choice((100_000, 100_000, 1_000_000, 1_000_000, 10_000_000))
    if random.random() < 0.02:
        size = 99_000_000
    piece = random.choice(
        (_PROSE, "a", "é", "1,", "a-", "'", "\t", "😀", "AKIA", "=" * 80, "A." * 9)
    )
    return piece.encode() * (size // len(piece.encode()))


def long_rules(random: Random) -> bytes:
    """What a search for headings, numbers, secrets or tables could go over again and again."""
    n = random.choice((10_000, 200_000))
    piece = random.choice(("1.1.1.1.1 A\n\n", "a\n===\n", "CHAPTER I\n\n", "1 2 3   5\n", "-----\n",
                           "-----BEGIN RSA PRIV" "ATE KEY-----\n", "password = '", "a" * 64 + "\n",
                           "eyJ" + "a" * 50 + ".", "https://a:b@", "AKIA" + "A" * 16, "$(1,2)% ",
                           "\n", "\x0b", "\u2028", "A B\n"))  # fmt: skip
    return (piece * (n // len(piece) + 1)).encode() + b" end"


def encodings(random: Random) -> bytes:
    text = "Ebbe und Flut: Gezeiten, 潮の満ち引き, прилив.\n" * random.randint(1, 50)
    mark, name = random.choice((
        (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (b"", "utf-16-be"),
        (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_LE, "utf-32-le"), (b"", "latin-1"),
        (codecs.BOM_UTF32_BE, "utf-32-be"), (b"", "shift_jis"), (b"", "gb18030"), (b"", "koi8-r"),
        (codecs.BOM_UTF8, "utf-16-le"), (codecs.BOM_UTF16_LE, "utf-8"), (b"", "utf-7"),
    ))  # fmt: skip
    data = mark + text.encode(name, "replace")
    cut = random.choice((0, 1, 3))
    noise = random.choice((b"", b"\0", b"\xff\xfe\xff", b"\xed\xa0\x80", b"\x1b[2J\x07"))
    return data[: len(data) - cut] + noise


def nothing(random: Random) -> bytes:
    return random.choice((b"", b" \n\t", codecs.BOM_UTF8, b"\0", b"\n" * 100_000, b"\xa0", b"\x0c"))


def noise(random: Random) -> bytes:
    return random.randbytes(random.choice((1, 100, 50_000)))


TEXTS: tuple[tuple[Callable[[Random], bytes], tuple[str, ...]], ...] = (
    (deep_tags, (".html", ".xhtml")), (huge_attributes, (".html",)), (strange_colors, (".html",)),
    (many_colored, (".html",)), (many_tables, (".html",)), (broken_markup, (".html", ".htm")),
    (lying_charset, (".html",)), (brackets, (".md",)), (deep_lists, (".md",)),
    (long_paragraphs, (".md", ".rst")), (deep_json, (".ipynb", ".json")),
    (huge_outputs, (".ipynb",)), (wrong_types, (".ipynb",)), (many_cells, (".ipynb",)),
    (deep_code, (".py", ".js", ".c", ".cpp", ".java", ".rs", ".go", ".ts")),
    (nested_symbols, (".py", ".js", ".ts")), (many_symbols, (".py",)),
    (one_line, (".txt", ".md", ".csv", ".html", ".py")),
    (long_rules, (".txt", ".rst", ".md", ".py")),
    (encodings, (".txt", ".html", ".md", ".py", ".csv")),
    (nothing, (".txt", ".md", ".html", ".pdf", ".docx", ".ipynb", ".py")),
    (noise, (".txt", ".md", ".html", ".pdf", ".docx", ".ipynb", ".py", "")),
)  # fmt: skip
