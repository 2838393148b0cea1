from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docsense.types import Citation
from docsense_cli.text import clean, counted, listed, one_line, source


def citation(**changes):
    values = {
        "number": 1, "uri": "/r.pdf", "name": "r.pdf", "start": 0, "end": 1, "first": 57,
        "last": 57, "label": "55", "unit": "page", "quote": "q", "check": "exact", "sha256": "",
    }  # fmt: skip
    return Citation(**{**values, **changes})


def test_a_page_shows_its_physical_and_its_printed_number():
    assert source(citation()) == "r.pdf p. 57 (printed 55)"
    assert source(citation(label="", last=58)) == "r.pdf pp. 57-58"


def test_lines_of_code_look_like_an_editor_link():
    code = {"name": "src/app.py", "unit": "line", "label": ""}

    assert source(citation(**code, first=120, last=138)) == "src/app.py:120-138"
    assert source(citation(**code)) == "src/app.py:57"


@given(st.text())
def test_no_control_character_reaches_the_terminal(text):
    assert not any((ord(c) < 32 and c not in "\n\t") or (127 <= ord(c) < 160) for c in clean(text))
    assert "\n" not in one_line(text)


def test_escape_sequences_are_defused():
    assert clean("a\x1b]0;title\x07b\x9b31m") == "a]0;titleb31m"


def test_counts_and_lists_read_naturally():
    assert counted(1, "page") == "1 page"
    assert counted(1234, "page") == "1,234 pages"
    assert listed("abcdefg", limit=2) == "a, b and 5 more"
