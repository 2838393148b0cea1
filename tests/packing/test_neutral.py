from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docsense.packing.neutral import BREAK, attribute, breaks, neutralize
from tests.packing.injections.cases import CASES

hostile = st.lists(
    st.one_of(st.sampled_from([case.text for case in CASES if len(case.text) < 400]), st.text()),
    max_size=5,
).map("".join)


@given(text=hostile)
def test_breaking_takes_nothing_away(text):
    broken = neutralize(text)

    assert broken.replace(BREAK, "") == text.replace(BREAK, "")
    assert len(broken) == len(text) + len(breaks(text))


@given(text=hostile)
def test_breaking_what_is_broken_leaves_no_token_whole(text):
    kinds = [kind for _, kind in breaks(neutralize(text))]

    assert "control token" not in kinds
    assert "mark" not in kinds


@given(value=hostile)
def test_an_attribute_stays_between_its_quotes_on_one_line(value):
    shown = attribute(value)

    assert not set('"<>\n\r') & set(shown)
    assert shown.replace(BREAK, "").isprintable()
    assert len(shown) <= 2000


def test_ordinary_code_and_prose_are_left_alone():
    text = (
        "if a<b and x[s3] or items[3]: List<String> y; <div class='s'> a || b\n"
        "See [3], [Smith 2020], [page] and page 4; #include <stdio.h> 1 <= 2 [A1:B2] <T>\n"
    )

    assert neutralize(text) == text
