from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense.quantities import missing_quantities, negations, quantities, same_digits


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("$1.6 billion", "1,577 million"),
        ("1,577 million", "(in millions) capital spending 1,577"),
        ("1.577,5 Mio", "1,577.5 million"),
        ("12%", "12.3 percent"),
        ("three heads", "3 heads"),
        ("10 k", "10,000"),
        ("1\u00a0488", "1488"),
        ("version 3.1.1", "v2, 3.1.1"),
        ("no number", ""),
    ],
)
def test_equal_scaled_and_rounded_numbers_agree(claim, source):
    assert missing_quantities(claim, source) == ()


@pytest.mark.parametrize(
    ("claim", "source", "missing"),
    [
        ("1,677 million", "1,577 million", "1,677 million"),
        ("about 2 billion", "1,577 million", "2 billion"),
        ("12.5%", "12.3%", "12.5%"),
        ("version 3.1.2", "version 3.1.1", "3.1.2"),
        ("in 2019", "in 2018", "2019"),
        ("1,577.25", "1,577", "1,577.25"),
    ],
)
def test_other_and_more_precise_numbers_are_missing(claim, source, missing):
    assert missing_quantities(claim, source) == (missing,)


@given(st.text(max_size=200))
def test_a_text_holds_all_of_its_own_numbers(text):
    assert missing_quantities(text, text) == ()


@given(st.from_regex(r"\d{1,4}([.,' ]\d{1,4}){0,3}%?", fullmatch=True))
def test_any_digits_and_signs_are_read_without_an_error(text):
    quantities(text)


def test_a_grouped_number_may_begin_with_a_zero():
    assert [str(q.value) for q in quantities("04,552.00")] == ["4552.00"]
    assert [str(q.value) for q in quantities("0.577")] == ["0.577"]


@given(st.integers(0, 10**12))
def test_a_grouped_number_is_read_by_its_value(n):
    assert [q.value for q in quantities(f"{n:,}")] == [n]


def test_negations_are_found_in_order():
    assert negations("It isn't here, never was.") == ("isn't", "never")


def test_digits_are_compared_in_order():
    assert same_digits("1,577", "1 577")
    assert not same_digits("1,577", "1,677")
