from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense.views.plain import clipped, one_line, shown, text


class Reader(HTMLParser):
    """What a browser would make of HTML: its tags and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


@given(st.text())
def test_no_text_becomes_markup(value):
    assert Reader(text(value)).tags == []
    assert set(Reader(shown(value)).tags) <= {"span"}
    assert '"' not in text(value) and "'" not in text(value)


@given(st.text(st.characters(exclude_categories=())))
def test_every_page_can_be_encoded(value):
    assert shown(value).encode("utf-8").decode("utf-8") == shown(value)


@given(st.text(alphabet="ab<>&\"'\n é漢"))
def test_ordinary_text_reads_as_it_was(value):
    assert Reader(shown(value)).words == value


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200b", "\u200f", "\x1b", "\x00", "\ufeff"])
def test_steering_characters_are_shown_by_their_number(char):
    assert char not in shown(f"a{char}b")
    assert f"[U+{ord(char):04X}]" in shown(f"a{char}b")
    assert one_line(f"a{char}b") == "a b"


def test_lone_surrogates_are_replaced():
    assert shown("a\ud800b") == "a\ufffdb"


def test_long_text_is_cut_with_a_sign():
    assert clipped("abcdef", 4) == "abc…"
    assert clipped("abcd", 4) == "abcd"
