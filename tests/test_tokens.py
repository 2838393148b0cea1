from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from docsense.errors import MissingExtraError
from docsense.tokens import EstimateTokenCounter, LlamaTokenCounter, _tokenizer_file

estimate = EstimateTokenCounter()
needs_tokenizer = pytest.mark.skipif(_tokenizer_file() is None, reason="extra 'llama' is absent")
words = st.one_of(
    st.text(),
    st.sampled_from(
        ["Net sales 177,866 in 2017", "def run(self):\n    return 1", "Größe ", "  \n\n"]
    ),
    st.text(alphabet="0123456789, \n", max_size=60),
)
texts = st.lists(words, max_size=12).map("".join)


@pytest.fixture(scope="module")
def exact():
    return LlamaTokenCounter()


@needs_tokenizer
@given(text=texts)
@example(text="1234567 89")
@example(text="a" * 500)
@settings(max_examples=300, deadline=None)  # the first example loads the tokenizer
def test_bounds_contain_the_true_count(exact, text):
    bounds = estimate.bounds(text)

    assert bounds.least <= exact.count(text) <= bounds.most
    assert bounds.least <= estimate.count(text) <= bounds.most


@needs_tokenizer
@pytest.mark.parametrize(
    "text",
    [
        "The company reported net sales of $177.9 billion, an increase of 31% over 2016. " * 20,
        "def wsgi_app(self, environ: dict, start_response) -> Response:\n    ctx = self.ctx()\n"
        * 20,
        "Depreciation and amortization 1,488 1,544 1,474\nTotal assets 64,747 83,402 131,310\n"
        * 20,
        "Die Gesellschaft erzielte im Geschäftsjahr einen Umsatz von 12,4 Milliarden Euro. " * 20,
    ],
    ids=["prose", "code", "table", "german"],
)
def test_the_estimate_is_near_the_true_count(exact, text):
    assert estimate.count(text) == pytest.approx(exact.count(text), rel=0.2)


@needs_tokenizer
def test_known_counts_of_the_llama_4_tokenizer(exact):
    assert exact.count_many(["", "Hello, world!", "12345", "<|eot|>"]) == [0, 4, 2, 5]


@needs_tokenizer
@pytest.mark.parametrize("text", ["a" * 1_000_000, " " * 1_000_000, "\n" * 300_000])
def test_a_million_equal_characters_are_counted(exact, text):
    assert 0 < exact.count(text) <= len(text)


@needs_tokenizer
def test_cutting_a_long_text_does_not_change_its_count(exact):
    line = "Net sales (in millions) rose; see Note 3 / page 4.\n  Total 1,234 5,678\n"

    assert exact.count(line * 4000) == 4000 * exact.count(line + "N") - 4000 * exact.count("N")


def test_a_missing_tokenizer_is_named_with_its_extra(monkeypatch):
    monkeypatch.setattr("docsense.tokens.find_spec", lambda name: None)

    with pytest.raises(MissingExtraError, match="llama-models") as caught:
        LlamaTokenCounter()
    assert "docsense[llama]" in caught.value.hint
