from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from docsense.extract.expectation import read, worths
from docsense.extract.overlap import most_expected, most_expected_near
from docsense.extract.values import Sentence, SourceText
from docsense.language import terms
from docsense.types import Document


def cut(*quotes, language="en", quality=1.0):
    """Return the quotes as sentences of one source."""
    text = "\n".join(quotes)
    document = Document(uri="t", name="t", text=text, unit="line", starts=(0,))
    found, at = [], 0
    for quote in quotes:
        found.append(
            Sentence(
                document=0, start=at, end=at + len(quote), kind="sentence",
                terms=tuple(terms(quote, language=language)), words=len(quote.split()),
                position=at / len(text), quality=quality,
            )
        )  # fmt: skip
        at += len(quote) + 1
    return found, [SourceText(document, language)]


PROSE = "The council of the town voted for the new bridge in the north."


def test_prose_about_others_goes_before_talk_of_the_speakers():
    sentences, sources = cut(
        "I think you and I uh should um vote my bridge, you know, okay, yeah.", PROSE
    )

    assert most_expected(sentences, sources, budget=8)[0] == 1


def test_what_is_said_is_not_worth_saying_again():
    other = "A school was built on the hill by the people of the village."
    sentences, sources = cut(PROSE, PROSE, other)

    assert set(most_expected(sentences, sources, budget=20)) == {0, 2}


def test_a_main_name_is_worth_more_mentions_than_a_passing_one():
    sentences, sources = cut(*["Retief met the envoy of the king."] * 9, "Georges left the room.")
    said = [read(sentence, sources[0]) for sentence in sentences]

    worth = worths(sentences, said, words=100, relevance=None, english=True)

    assert worth["retief"][1] > 0.8
    assert sum(worth["retief"]) > 3 * sum(worth["georg"])


@given(st.floats(0, 5_000), st.integers(1, 40_000))
def test_each_further_mention_is_worth_no_more(weight, words):
    sentences, sources = cut(PROSE, "The bridge stands.")
    said = [read(sentence, sources[0]) for sentence in sentences]

    worth = worths(sentences, said, words=words, relevance=[weight / 5_000, 0.5], english=True)

    for chances in worth.values():
        assert all(0 <= b <= a + 1e-9 <= 1 + 2e-9 for a, b in pairwise(chances))


def test_the_first_third_bears_on_the_focus():
    filler = "The people of the town and of the village spoke of the plan for the north."
    sentences, sources = cut(filler, "Herons nest here.", filler.replace("plan", "dam"))

    assert most_expected(sentences, sources, budget=12, relevance=[0.05, 1.0, 0.05])[0] == 1


def test_only_what_is_near_the_focus_is_open_to_choice():
    sentences, sources = cut(PROSE, *["Herons nest on lakes."] * 50)
    relevance = [0.9] + [1.0] * 50

    assert 0 in most_expected(sentences, sources, budget=20, relevance=relevance)
    assert 0 not in most_expected_near(sentences, sources, budget=4, relevance=relevance)


def test_what_does_not_read_alone_serves_only_where_there_is_nothing_else():
    sentences, sources = cut(PROSE, "A school was built on the hill.", quality=0.1)
    void, _ = cut(PROSE, quality=0.0)

    assert most_expected(sentences, sources, budget=50)
    assert most_expected(void, sources, budget=50) == []


def test_function_words_of_other_languages_come_from_the_sources():
    sentences, sources = cut("Die Brücke steht in der Stadt an der Elbe.", language="de")
    said = [read(sentences[0], sources[0])]

    worth = worths(sentences, said, words=100, relevance=None, english=False)

    assert worth["der"][0] > worth["die"][0] > 0
    assert "the" not in worth


def test_a_prior_decides_between_equals():
    sentences, sources = cut(PROSE, PROSE.replace("bridge", "museum"))

    assert most_expected(sentences, sources, budget=5, priors=[0.5, 1.0]) == [1]
