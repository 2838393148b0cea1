"""Strategies that know a format, and so get deeper than bytes that no parser accepts.

All of them stay small: what is large is the soak's.
"""

from __future__ import annotations

import codecs
import json
import zlib

from hypothesis import strategies as st

from benchmarks.hostile_zip import word
from benchmarks.pdf_writer import flate, page, pdf, stream
from tests.loaders.hostile_files import PROSE

TEXT = st.text(max_size=30) | st.sampled_from(
    (PROSE, "# a", "\ud800".encode("utf-8", "replace").decode())
)

_TAGS = (
    "p",
    "div",
    "table",
    "tr",
    "td",
    "th",
    "h1",
    "h6",
    "pre",
    "li",
    "ul",
    "br",
    "title",
    "svg",
    "script",
    "caption",
    "font",
    "template",
    "select",
    "body",
    "html",
    "head",
    "math",
)
_STYLES = (
    "color:#fff",
    "color:rgb(1,2,3,.)",
    "background:url(x)",
    "display:none",
    "width:0;overflow:hidden",
    "font-size:0",
    "opacity:0",
    "color:rgba(9,9,9,1.)",
    "left:-999px",
    "",
)


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def render(tag: str, name: str, style: str, inner: list[str], closed: bool) -> str:
        return f'<{tag} {name}="{style}">{"".join(inner)}' + f"</{tag}>" * closed

    names = st.sampled_from(("style", "bgcolor", "color", "hidden", "class", "role", "aria-hidden"))
    return st.builds(
        render,
        st.sampled_from(_TAGS),
        names,
        st.sampled_from(_STYLES) | TEXT,
        st.lists(children, max_size=4),
        st.booleans(),
    )


html = st.recursive(TEXT, _element, max_leaves=25).map(lambda text: text.encode("utf-8", "replace"))

_LINES = (
    "# ",
    "## ",
    "> ",
    "- ",
    "1. ",
    "    ",
    "\t",
    "===",
    "---",
    "```",
    "~~~",
    "|a|b|",
    "<div>",
    "[a]: b",
    "+++",
    "title: x",
    "***",
    "\\",
    "![[",
    "`",
)
markdown = st.lists(
    st.builds("{}{}".format, st.lists(st.sampled_from(_LINES), max_size=4).map("".join), TEXT),
    max_size=25,
).map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))

text = st.one_of(
    st.text(max_size=300).map(lambda value: value.encode("utf-8", "replace")),
    st.builds(
        lambda mark, value, encoding: mark + value.encode(encoding, "replace"),
        st.sampled_from((b"", codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)),
        st.text(max_size=100),
        st.sampled_from(("utf-8", "utf-16-be", "utf-32-le", "cp1252", "shift_jis", "gb18030")),
    ),
)

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(("code", "markdown", "heading", "raw")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                (
                    "cells",
                    "source",
                    "outputs",
                    "text",
                    "data",
                    "text/plain",
                    "cell_type",
                    "worksheets",
                    "input",
                    "level",
                )
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)
notebook = st.builds(
    lambda cells, rest: json.dumps({"cells": cells} | rest).encode(),
    st.lists(
        st.fixed_dictionaries(
            {}, optional={"cell_type": _JSON, "source": _JSON, "outputs": _JSON, "level": _JSON}
        ),
        max_size=5,
    )
    | _JSON,
    st.dictionaries(st.sampled_from(("worksheets", "metadata")), _JSON, max_size=2),
)

_CODES = (
    "def f(a, *b):",
    "class A(B):",
    "    ",
    "\n",
    "fn f<T>(a: u8) {",
    "}",
    "{",
    "(",
    ")",
    "é",
    "struct s { int a; };",
    "template<class T>",
    "typedef ",
    "#if 1\n",
    "func (s *S) F() {",
    "export default ",
    "const f = (x) =>",
    "// c\n",
    "# c\n",
    "/*",
    "*/",
    '"""',
    "'",
    "impl A for B {",
    "=",
    ".prototype.x = function() {",
    "async ",
    "@d\n",
    "operator()()",
    "~A();",
    "::",
)
code = st.lists(st.sampled_from(_CODES), max_size=40).map(lambda parts: "".join(parts).encode())

_WORD_TAGS = (
    "w:p",
    "w:r",
    "w:t",
    "w:tbl",
    "w:tr",
    "w:tc",
    "w:pPr",
    "w:pStyle",
    "w:tcPr",
    "w:gridSpan",
    "w:vMerge",
    "w:hyperlink",
    "w:ins",
    "w:del",
    "w:br",
    "w:tab",
    "w:sym",
    "w:sdt",
    "w:fldChar",
    "w:instrText",
    "w:footnoteReference",
    "w:numPr",
    "w:numId",
    "w:ilvl",
)


def _word_element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    values = st.sampled_from(
        ("", "1", "-1", "99999999999", "heading 1", "begin", "end", "continue")
    )
    return st.builds(
        lambda tag, name, value, inner: f'<{tag} w:{name}="{value}">{"".join(inner)}</{tag}>',
        st.sampled_from(_WORD_TAGS),
        st.sampled_from(("val", "id", "char", "font", "fldCharType")),
        values,
        st.lists(children, max_size=4),
    )


docx = st.builds(
    lambda body, parts: word(body, parts=parts),
    st.recursive(
        st.sampled_from(("tide", "&amp;", "<w:p><w:r><w:t>x</w:t></w:r></w:p>")),
        _word_element,
        max_leaves=25,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(
                (
                    "word/styles.xml",
                    "word/numbering.xml",
                    "word/footnotes.xml",
                    "../x",
                    "word/_rels/document.xml.rels",
                    "word/comments.xml",
                )
            ),
            st.sampled_from(("", "<a/>", "<w:styles/>", "<", "\0")),
        ),
        max_size=3,
        unique_by=lambda part: part[0],
    ),
)

_VALUES = st.recursive(
    st.sampled_from(
        (
            b"0",
            b"-1",
            b"1e39",
            b"2147483648",
            b"null",
            b"true",
            b"(a)",
            b"<4>",
            b"()",
            b"/Page",
            b"/Pages",
            b"/Font",
            b"/Fit",
            b"/F1",
            b"/Type1",
            b"/Type3",
            b"/Type0",
            b"612",
            b"792",
        )
    )
    | st.integers(0, 12).map(lambda n: b"%d 0 R" % n),
    lambda inner: (
        st.lists(inner, max_size=5).map(lambda values: b"[" + b" ".join(values) + b"]")
        | st.dictionaries(
            st.sampled_from(
                (
                    b"/Type",
                    b"/Kids",
                    b"/Count",
                    b"/Parent",
                    b"/Contents",
                    b"/Resources",
                    b"/Font",
                    b"/XObject",
                    b"/MediaBox",
                    b"/Length",
                    b"/Filter",
                    b"/ToUnicode",
                    b"/Subtype",
                    b"/First",
                    b"/Next",
                    b"/Dest",
                    b"/Title",
                    b"/Nums",
                    b"/Rotate",
                    b"/Encoding",
                    b"/Annots",
                    b"/Names",
                    b"/Outlines",
                    b"/PageLabels",
                    b"/S",
                )
            ),
            inner,
            max_size=6,
        ).map(lambda entries: b"<<" + b"".join(k + b" " + v for k, v in entries.items()) + b">>")
    ),
    max_leaves=20,
)

_OPERATORS = st.lists(
    st.sampled_from(
        (
            b"q",
            b"Q",
            b"BT",
            b"ET",
            b"/F1 12 Tf",
            b"(tide) Tj",
            b"[(a) -9e9 (b)] TJ",
            b"T*",
            b"72 700 Td",
            b"1e38 0 0 1e38 0 0 Tm",
            b"/X Do",
            b"1 1 1 rg",
            b"3 Tr",
            b"0 0 9 9 re f",
            b"BI /W 1 /H 1 ID x EI",
            b"0 Tf",
            b"-9 Tz",
            b"<<",
            b"[",
            b"(",
            b"W n",
            b"/P scn",
            b"sh",
        )
    ),
    max_size=25,
).map(b"\n".join)

pdfs = st.one_of(
    st.builds(
        lambda content, more, entries: page(
            flate(content), entries=b"/MediaBox[0 0 612 792]/More " + entries, more=more
        ),
        _OPERATORS,
        st.dictionaries(st.integers(6, 12), _VALUES, max_size=5),
        _VALUES,
    ),
    st.builds(
        lambda objects, content: pdf(objects | {5: stream(zlib.compress(content), b"/Filter/Fl")}),
        st.dictionaries(st.integers(1, 12), _VALUES, min_size=1, max_size=8),
        _OPERATORS,
    ),
    st.builds(
        lambda catalog, more: page(
            catalog=b"/Outlines 6 0 R/PageLabels 7 0 R/X " + catalog, more=more
        ),
        _VALUES,
        st.dictionaries(st.integers(3, 9), _VALUES, max_size=4),
    ),
)
