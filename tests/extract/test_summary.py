from hypothesis import given, settings
from hypothesis import strategies as st

from docsense.extract.summary import summarize
from docsense.extract.values import SourceText
from docsense.types import Document, Section
from tests.extract.german import ARTICLE
from tests.extract.german import TITLES as GERMAN_TITLES

STORY = """# The Harbor

The harbor of Marlow was built in 1820 by the engineer Anna Field. Ships from Norway brought
timber to the harbor for a hundred years. The harbor closed when the railway reached Marlow.

# The Railway

The railway reached Marlow in 1921 and took the timber trade away from the ships. A single line
connected the town with the capital. The railway company employed four hundred people in Marlow.

# The Museum

A museum now stands where the timber ships once unloaded. The museum shows the tools of the
engineer Anna Field and the bell of the last ship. Schools visit the museum every spring.
"""
TITLES = ["# The Harbor", "# The Railway", "# The Museum"]


def quotes(draft, *sources):
    spans = [*draft.overview, *(s for part in draft.parts for s in part.sentences)]
    return [sources[s.document].document.text[s.start : s.end] for s in spans]


def test_a_summary_has_an_overview_and_follows_the_outline(source):
    story = source(STORY, titles=TITLES)

    draft = summarize([story], words=130)

    assert draft.overview
    assert [part.title for part in draft.parts] == sorted(
        (part.title for part in draft.parts), key=STORY.index
    )
    for part in draft.parts:
        assert all(part.start <= s.start < s.end <= part.end for s in part.sentences)


def test_every_sentence_is_whole_and_said_once(source):
    story = source(STORY, titles=TITLES)

    found = quotes(summarize([story], words=130), story)

    assert len(found) == len(set(found))
    assert all(quote.endswith(".") and quote[0].isupper() for quote in found)


def test_the_budget_of_words_is_kept(source):
    story = source(STORY * 12)

    for words in (40, 150, 300):
        draft = summarize([story], words=words)
        assert sum(len(quote.split()) for quote in quotes(draft, story)) == draft.words
        assert draft.words <= words + 40


def test_a_focus_brings_what_bears_on_it(source):
    story = source(STORY, titles=TITLES)

    found = quotes(summarize([story], words=20, focus="Who visits the museum?"), story)

    assert "Schools visit the museum every spring." in found


def test_a_focus_nobody_mentions_gives_nothing_and_says_so(source):
    story = source(STORY, titles=TITLES)

    draft = summarize([story], words=50, focus="volcanoes")

    assert draft.words == 0 and not draft.overview
    assert any("never mention" in note for note in draft.notes)


def test_a_general_focus_is_no_focus(source):
    story = source(STORY, titles=TITLES)

    assert summarize([story], words=130, focus="Summarize the whole document") == summarize(
        [story], words=130
    )


def test_parts_without_a_sentence_are_reported(source):
    story = source(STORY, titles=TITLES)

    draft = summarize([story], words=15)

    assert {part.title for part in draft.uncovered}
    assert len(draft.uncovered) < len(TITLES)


def test_several_sources_each_get_their_say(source):
    town = source(STORY, name="town.md", titles=TITLES)
    lake = source(
        "The lake lies high in the mountains of Peru. Herons nest on the lake in winter. "
        "The lake feeds three rivers that run to the coast of Peru.",
        name="lake.md",
    )

    draft = summarize([town, lake], words=150)

    assert {s.document for s in draft.overview} | {p.document for p in draft.parts} == {0, 1}


MEETING = """Chair: Okay, um, so shall we, uh, start?

Ann: Yeah, I mean, you know, I think we should, uh, okay.

Chair: The board of the club decided to sell the old boat house to the town in the spring.

Ben: Uh, right. Okay, yeah.

Ann: The town will use the boat house for the school, and the club will rent a part of it.

Ben: I, um, I don't, you know, I don't think I, uh, like it.

Chair: The members of the club were told of the sale in a letter that was sent by the treasurer.
"""


def test_of_talk_the_summary_keeps_what_would_be_written_down(source):
    meeting = source(MEETING, name="meeting.txt")

    whole = quotes(summarize([meeting], words=34), meeting)
    focused = quotes(summarize([meeting], words=15, focus="letter to the members"), meeting)

    assert not any("uh" in quote or "um," in quote for quote in whole)
    assert "boat house" in " ".join(whole)
    assert "letter" in focused[0]


def test_the_title_of_a_story_is_not_taken_for_an_outline(source):
    talk = MEETING * 40
    titled = source(f"# Minutes\n\n{talk}", titles=["# Minutes"])
    plain = source(talk)

    found = quotes(summarize([titled], words=60, focus="boat house"), titled)

    assert found == quotes(summarize([plain], words=60, focus="boat house"), plain)


def test_running_heads_legal_forms_and_tables_stay_out():
    page = (
        "ACME Corp Annual Report\nThe {0} division sold more pumps in the north than ever before. "
        "Its {0} plant was enlarged and now employs more people.\n"
        "Net sales 1,203 1,222\nCost of sales 812 790\n"
        "All rights reserved by the owners of this report.\nPage {1} of 6\n"
    )
    names = ("water", "steam", "mining", "garden", "marine", "desert")
    pages = [page.format(name, i + 1) for i, name in enumerate(names)]
    starts = [sum(map(len, pages[:i])) for i in range(len(pages))]
    document = Document(
        uri="r", name="r", text="".join(pages), unit="page", starts=tuple(starts), kind="pdf"
    )

    found = quotes(summarize([SourceText(document, "en")], words=90), SourceText(document, "en"))

    assert found
    assert not any("rights" in q or "Page" in q or "Net sales" in q or "ACME" in q for q in found)


def test_tables_serve_where_there_is_nothing_else(source):
    table = source("Net sales of pumps 1,203 1,222\nCost of pump sales 812 790\n")

    assert quotes(summarize([table], words=30), table)


def test_long_documents_without_outline_are_cut_into_titled_parts(source):
    topics = ("whales", "bridges", "violins")
    text = "\n\n".join(
        f"The {topic} of region {i} were counted by {chr(97 + i) * 5} and many others in {i}."
        for topic in topics
        for i in range(25)
    )
    essay = source(text)

    draft = summarize([essay], words=240)

    titles = " ".join(part.title for part in draft.parts)
    assert all(topic in titles for topic in topics)


def test_german_is_summarized(german):
    source = SourceText(german, "de")

    draft = summarize([source], words=130)
    focused = summarize([source], words=15, focus="Wie viele Zugvögel rasten im Wattenmeer?")

    assert draft.overview and all(q.endswith(".") for q in quotes(draft, source))
    assert "zehn Millionen Zugvögel" in " ".join(quotes(focused, source))


def test_nothing_gives_nothing(source):
    assert summarize([], words=100).words == 0
    assert summarize([source("\n")], words=100).words == 0


def test_a_package_is_summarized_by_its_readme_entry_points_and_symbols(source):
    shop = (
        '"""Selling things: carts and what is in them."""\n\n\n'
        'class Cart:\n    """Holds the items that a customer wants to buy.\n\n    More."""\n\n\n'
        "def _secret():\n    return 1\n"
    )
    outline = (
        Section(title="Cart", level=1, start=shop.index("class"), end=shop.index("def")),
        Section(title="_secret", level=1, start=shop.index("def"), end=len(shop)),
    )
    module = Document(
        uri="shop", name="shop/cart.py", text=shop, unit="line", starts=(0,), kind="python",
        outline=outline,
    )  # fmt: skip
    main = source(
        "from shop.cart import Cart\n\nif __name__ == '__main__':\n    Cart()\n",
        name="shop/__main__.py", kind="python",
    )  # fmt: skip
    readme = source("Shop is a small library that sells things on the web.\n", name="README.md")
    sources = [readme, SourceText(module, ""), main]

    found = quotes(summarize(sources, words=100), *sources)

    assert found[0] == "Shop is a small library that sells things on the web."
    assert "if __name__ == '__main__':\n    Cart()" in found
    assert 'class Cart:\n    """Holds the items that a customer wants to buy.' in found
    assert not any("_secret" in quote for quote in found)


@settings(max_examples=40)
@given(
    st.lists(st.text(max_size=120), max_size=12).map("\n".join),
    st.integers(0, 200),
    st.sampled_from(["", "what happened"]),
)
def test_any_text_is_summarized_within_its_bounds(text, words, focus):
    document = Document(uri="t", name="t", text=text, unit="line", starts=(0,))

    draft = summarize([SourceText(document, "")], words=words, focus=focus)

    spans = [*draft.overview, *(s for part in draft.parts for s in part.sentences)]
    assert all(0 <= s.start < s.end <= len(text) and 0 < s.score <= 1 for s in spans)


def test_a_german_article_is_summarized_in_whole_sentences(source):
    article = source(ARTICLE, titles=GERMAN_TITLES[2:], language="de")

    draft = summarize([article], words=200)

    found = quotes(draft, article)
    assert all(quote[0].isupper() and quote.endswith(".") for quote in found)
    assert not any(
        "Tabelle" in quote or "Fallhöhe" in quote or "\n12\n" in quote for quote in found
    )
    assert {"1 Geschichte des Baus", "4 Umweltschutz"} & {part.title for part in draft.parts}


def filing(source):
    business = (
        "# Business\n\nAcme builds pumps for farms and sells them through dealers in ten states. "
        "Acme employs four hundred people in Marlow and makes most parts of its pumps itself.\n\n"
    )
    policies = "# Accounting policies\n\n" + " ".join(
        f"Revenue from pumps may be recognized in accordance with rule {i} when control of the "
        f"pumps is deemed to pass, subject to the applicable estimates of the dealers of {name}."
        for i, name in enumerate(["Ohio", "Iowa", "Utah", "Maine", "Texas", "Idaho", "Oregon"])
    )
    return source(business + policies + "\n", titles=["# Business", "# Accounting policies"])


def test_the_overview_prefers_the_business_to_the_policies(source):
    report = filing(source)

    draft = summarize([report], words=100)

    assert "Acme" in quotes(draft, report)[0]


def test_the_overview_takes_one_sentence_from_a_section_while_others_have_some(source):
    story = source(STORY, titles=TITLES)

    draft = summarize([story], words=30)

    sections = [sum(s.start >= STORY.index(title) for title in TITLES) for s in draft.overview]
    assert len(sections) == len(set(sections)) > 1


def test_a_sentence_torn_by_a_page_is_not_quoted(source):
    pages = [
        f"ACME Annual Report\nDealers of what the page before had said about {name} pumps. "
        f"The {name} pumps of Acme were sold in all the states where farms need {name} water. "
        f"Acme also found that the dealers of {name} pumps and their many\n{i}\n"
        for i, name in enumerate(("steam", "mine", "garden", "desert", "marine", "field"))
    ]
    starts = tuple(sum(map(len, pages[:i])) for i in range(len(pages)))
    document = Document(
        uri="r", name="r", text="".join(pages), unit="page", starts=starts, kind="pdf"
    )

    found = quotes(summarize([SourceText(document, "en")], words=60), SourceText(document, "en"))

    assert found
    found = [quote for quote in found if "steam" not in quote]  # nothing stands before page 1
    assert not any("Dealers of what" in quote or "their many" in quote for quote in found)
