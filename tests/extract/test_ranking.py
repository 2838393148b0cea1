from docsense.extract.ranking import choose, focused, inverse_frequencies, pool, relevance
from docsense.extract.values import Sentence


def sentence(words, *, start=0, quality=1.0):
    terms = tuple(words.split())
    return Sentence(
        document=0, start=start, end=start + 1, kind="sentence", terms=terms,
        words=max(4, len(terms)), position=0.0, quality=quality,
    )  # fmt: skip


def test_what_is_covered_is_not_worth_saying_again():
    found = [
        sentence("ship harbor timber trade"),
        sentence("ship harbor timber trade"),
        sentence("museum bell school"),
    ]

    assert set(choose(pool(found), budget=8)) == {0, 2}


def test_unreadable_sentences_are_never_chosen():
    found = [sentence("ship harbor", quality=0.0), sentence("museum bell", quality=1.0)]

    assert choose(pool(found), budget=100) == [1]


def test_ties_go_to_the_first():
    found = [sentence("one two"), sentence("three four"), sentence("five six")]

    assert choose(pool(found), budget=4)[0] == 0


def test_each_group_gets_its_say():
    found = [sentence(f"ship harbor a{i}") for i in range(6)] + [sentence("ship museum bell")]

    chosen = choose(pool(found), budget=8, groups=[0] * 6 + [1])

    assert 6 in chosen


def test_relevance_rewards_rare_terms():
    found = [["the", "ship"], ["the", "bell"], ["the", "the"]]
    idf = inverse_frequencies(found)

    scores = relevance(found, {"bell": 1.0, "the": 1.0}, idf=idf)

    assert scores.index(max(scores)) == 1


def test_sentences_beside_a_relevant_one_are_relevant_too():
    found = [["a"], ["b"], ["bell"], ["c"], *([["x"]] * 12)]

    scores = focused(found, ["bell"], idf=inverse_frequencies(found))

    assert scores[2] > scores[1] > scores[12]
