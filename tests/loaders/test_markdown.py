from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docsense.loaders.markdown import MarkdownLoader
from tests.loaders.document_checks import load, load_any, part, titles

loader = MarkdownLoader()

GUIDE = """\
# Guide to *pumps*

Intro.

## Use `run()` and [links](http://x.org)

```sh
# not a heading
```

    # nor this

> # quoted

Setext
------

### Deep

# Last
"""


def test_headings_make_the_outline_without_their_markup(tmp_path):
    document = load(loader, tmp_path / "guide.md", GUIDE)

    assert titles(document) == [
        (1, "Guide to pumps"),
        (2, "Use run() and links"),
        (2, "Setext"),
        (3, "Deep"),
        (1, "Last"),
    ]
    assert document.text == GUIDE
    assert part(document, "Setext") == "Setext\n------\n\n### Deep\n\n"
    assert part(document, "Guide to pumps").endswith("### Deep\n\n")
    assert (document.title, document.kind) == ("Guide to pumps", "markdown")


def test_front_matter_gives_the_title_and_no_heading(tmp_path):
    text = "---\ntitle: 'The manual'\ntags: [a]\n---\n\n# First\n\ntext\n"

    document = load(loader, tmp_path / "a.md", text)

    assert document.title == "The manual"
    assert titles(document) == [(1, "First")]
    assert part(document, "First") == "# First\n\ntext\n"


def test_without_headings_the_file_names_the_document(tmp_path):
    document = load(loader, tmp_path / "notes.md", "just text\n")

    assert (document.title, document.outline) == ("notes", ())


def test_headings_stand_where_they_are_though_the_file_has_other_line_ends(tmp_path):
    document = load(loader, tmp_path / "a.md", "ä\r\n\r\n# Größe\r\n\r\ntext")

    assert part(document, "Größe") == "# Größe\n\ntext"


LINES = [
    "# A",
    "## B *b*",
    "text",
    "",
    "```",
    "Title",
    "===",
    "---",
    "> # q",
    "- # l",
    "\t# c",
    "<h1>",
]


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150
)
@given(
    st.lists(st.sampled_from(LINES)).map("\n".join) | st.text(alphabet="#=-`>*[](\n <!ab\x0b\u2028")
)
def test_any_markdown_gives_a_sound_document_or_our_error(tmp_path, text):
    load_any(loader, tmp_path / "a.md", text.encode())
