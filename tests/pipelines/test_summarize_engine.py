from __future__ import annotations

import json
import re

import pytest

from docsense.citations import check
from docsense.engines import Message, Prompt
from docsense.engines.scripted import ScriptedEngine
from docsense.errors import ConfigError, EngineUnavailableError
from docsense.receipts import read_receipt, to_json
from docsense.routing import Task, choose
from docsense_pipelines import summarize
from docsense_pipelines.compared import ONE_SIDED
from docsense_pipelines.deciding import Serving, Wishes, corpus_of, inputs_of
from docsense_pipelines.summarize import language_code
from docsense_pipelines.written_summary import STYLES, global_answer, share
from tests.cli import conftest as command_line
from tests.engines.fake_server import running
from tests.pipelines.conftest import WHALES

_SOURCE = re.compile(r'<source id="S(\d+)" name="([^"]*)"[^>]*>\n(.*?)</source>', re.DOTALL)
HEAVY = "Blue whales weigh up to 150 tonnes."
HUNTED = "Hunting reduced the population to about 1,500 animals by 1966."
TAX = "Return the tax on a net amount."
QUOTES = {"Overview": HEAVY, "Population": HUNTED, "Code": TAX}


@pytest.fixture
def ready(workplace):
    workplace.ingest()
    return workplace


def text_of(prompt):
    return "".join(piece for message in prompt.messages for piece in message.pieces())


def section(title, *claims):
    made = [
        {"quotes": [{"source": source, "quote": quote} for source, quote in quotes], "text": text}
        for text, *quotes in claims
    ]
    return {"title": title, "claims": made}


def reply(*sections):
    return json.dumps({"sections": list(sections)})


def honest(prompt):
    """Quote each known sentence from whichever source, or notes, of the prompt hold it."""
    text = text_of(prompt)
    found = []
    for title, quote in QUOTES.items():
        marks = [f"S{n}" for n, _, body in _SOURCE.findall(text) if quote in body]
        marks += [f"S{n}" for n in re.findall(rf'\[S(\d+): "{re.escape(quote)}"\]', text)]
        found += [section(title, (quote, (mark, quote))) for mark in marks[:1]]
    return reply(*found or [section("Nothing", ("Nothing.", ("S1", "x")))])


def summary(ready, engine, **options):
    return summarize(library=ready.library, store=ready.store, engine=engine, **options)


def all_claims(found):
    return [*found.overview, *(claim for part in found.sections for claim in part.claims)]


def test_a_written_summary_has_an_overview_and_sections_with_their_places(ready):
    found = summary(ready, ScriptedEngine(honest))

    assert [claim.text for claim in found.overview] == [HEAVY]
    assert [part.title for part in found.sections] == ["Population", "Code"]
    population = found.sections[0]
    assert population.uri.endswith("whales.md")
    assert (population.first, population.last) == (8, 8)
    assert found.route.mode == "stuff" and found.engine == "scripted"


@pytest.mark.parametrize("route", ["stuff", "map-reduce"])
def test_every_claim_is_cited_to_its_place(ready, folder, route):
    found = summary(ready, ScriptedEngine(honest), wishes=Wishes(route=route))

    assert found.route.mode == route
    assert {claim.text for claim in all_claims(found)} == {HEAVY, HUNTED, TAX}
    for claim in all_claims(found):
        (number,) = claim.citations
        citation = found.citations[number - 1]
        text = (folder / citation.name).read_text(encoding="utf-8")
        assert check(citation, text) == "exact" and citation.quote == claim.text


def test_both_routes_write_the_same_from_several_parts(ready, folder):
    for i in range(40):
        (folder / f"note{i:02d}.md").write_text(f"{WHALES} Whale number {i}.\n" * 3, "utf-8")
    ready.ingest()
    engine = ScriptedEngine(honest, window=6000)
    found = summary(ready, engine)

    assert found.route.mode == "map-reduce"
    assert found.route.estimates["parts"] > 2
    assert {claim.text for claim in all_claims(found)} == {HEAVY, HUNTED, TAX}
    assert found.usage.requests == len(engine.prompts)
    assert not (ready.library.path / "work").exists()


def test_what_no_source_holds_is_listed_as_unsupported_and_never_cited(ready):
    lie = "Whales have gills and scales all over."
    found = summary(
        ready,
        ScriptedEngine(
            [reply(section("Overview", (HEAVY, ("S2", HEAVY)), ("They are fish.", ("S2", lie))))]
        ),
    )

    assert [claim.text for claim in all_claims(found)] == [HEAVY]
    assert found.unsupported == ("They are fish.",)


def test_a_claim_that_compares_cites_both_documents(ready):
    both = ("Both name amounts.", ("S1", TAX), ("S2", HEAVY))
    found = summary(ready, ScriptedEngine([reply(section("Agreement", both))]))

    (claim,) = found.sections[0].claims
    assert {found.citations[n - 1].name for n in claim.citations} == {"src/tax.py", "whales.md"}
    assert found.sections[0].uri == ""
    assert ONE_SIDED not in claim.problems


@pytest.mark.parametrize("title", ["Agreement", "Difference"])
def test_a_comparison_that_quotes_one_document_only_is_marked(ready, title):
    one = section(title, ("Only one of them names a rate.", ("S1", TAX)))
    other = section("Weights", ("They are heavy.", ("S2", HEAVY)))
    found = summary(ready, ScriptedEngine([reply(one, other)]))

    marked, plain = (part.claims[0] for part in found.sections)
    assert ONE_SIDED in marked.problems
    assert ONE_SIDED not in plain.problems


def test_coverage_holds_the_cited_units_and_names_what_is_left(ready, folder):
    (folder / "src" / "tax.py").unlink()
    ready.ingest()
    found = summary(ready, ScriptedEngine([reply(section("Overview", (HUNTED, ("S1", HUNTED))))]))

    (coverage,) = found.coverage
    assert coverage.cited == (8,) and coverage.name == "whales.md"
    assert found.title == "Whales"

    other = summary(ready, ScriptedEngine([reply(section("x", (HEAVY, ("S1", "gone entirely"))))]))
    assert other.coverage[0].cited == ()
    assert any("nothing that the sources carry" in note for note in other.notes)


def test_a_document_that_is_not_cited_is_uncovered(ready):
    found = summary(ready, ScriptedEngine([reply(section("Overview", (HEAVY, ("S2", HEAVY))))]))

    uncovered = {coverage.name: coverage.uncovered for coverage in found.coverage}
    assert uncovered["whales.md"] == () and uncovered["src/tax.py"] != ()


def test_claims_are_told_while_they_are_written(ready):
    heard = []
    found = summary(
        ready,
        ScriptedEngine(honest),
        on_claim=lambda claim, citations: heard.append((claim.text, len(citations))),
    )

    assert heard == [(claim.text, i + 1) for i, claim in enumerate(all_claims(found))]


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_is_a_clear_instruction(ready, style):
    engine = ScriptedEngine(honest)
    summary(ready, engine, style=style)

    assert STYLES[style] in engine.prompts[0]


def test_wishes_reach_the_prompt_of_each_part_and_of_the_merge(ready, folder):
    for i in range(40):
        (folder / f"note{i:02d}.md").write_text(f"{WHALES} Whale number {i}.\n" * 3, "utf-8")
    ready.ingest()
    engine = ScriptedEngine(honest, window=6000)
    summary(ready, engine, focus="hunting", language="German", style="bullets")

    assert len(engine.prompts) > 3
    assert all("about: hunting." in prompt for prompt in engine.prompts)
    assert all("Write in German." in prompt for prompt in engine.prompts)
    assert STYLES["bullets"] in engine.prompts[-1]


def test_code_is_asked_for_its_entry_points(ready, folder):
    engine = ScriptedEngine(honest)
    summary(ready, engine)

    assert "entry points" in engine.prompts[0]


def test_a_few_documents_are_compared(ready, folder):
    (folder / "src" / "tax.py").unlink()
    (folder / "orcas.md").write_text("# Orcas\n\nOrcas weigh six tonnes.\n", "utf-8")
    ready.ingest()
    engine = ScriptedEngine(honest)
    summary(ready, engine)

    assert "where they differ" in engine.prompts[0]


def test_a_single_document_is_not_compared(ready, folder):
    (folder / "src" / "tax.py").unlink()
    ready.ingest()
    engine = ScriptedEngine(honest)
    summary(ready, engine)

    assert "differ" not in engine.prompts[0]


def test_an_extractive_route_quotes_and_keeps_its_reasons(ready):
    engine = ScriptedEngine(honest)
    found = summary(ready, engine, wishes=Wishes(route="extractive"), language="German")

    assert found.engine == "extractive" and found.usage is None and not engine.prompts
    assert len(found.route.reasons) > 1
    assert any("not in German" in note for note in found.notes)


@pytest.mark.parametrize("route", ["retrieve", "documents"])
def test_a_route_that_leaves_sources_out_is_none_for_a_summary(ready, route):
    with pytest.raises(ConfigError, match="reads everything"):
        summary(ready, ScriptedEngine(honest), wishes=Wishes(route=route))


def test_a_route_that_needs_a_model_is_refused_without_one(ready):
    with pytest.raises(EngineUnavailableError, match="map-reduce"):
        summary(ready, None, wishes=Wishes(route="map-reduce"))


def test_another_language_needs_a_model(ready):
    with pytest.raises(ConfigError, match="German") as raised:
        summary(ready, None, language="German")

    assert "--base-url" in raised.value.hint


@pytest.mark.parametrize("language", ["English", "en", "ENGLISH"])
def test_the_language_of_the_sources_needs_none(ready, language):
    assert summary(ready, None, language=language) == summary(ready, None)


def test_a_written_summary_is_in_the_language_that_was_asked_for(ready):
    assert summary(ready, ScriptedEngine(honest), language="Deutsch").language == "de"
    assert summary(ready, ScriptedEngine(honest)).language == "en"
    assert language_code("Klingon") == ""


def test_an_abstract_without_a_model_is_an_overview_alone(ready):
    plain = summary(ready, None, words=150)
    found = summary(ready, None, words=150, style="abstract")

    assert plain.sections
    assert found.overview and not found.sections


def test_an_executive_summary_without_a_model_has_short_sections(ready, folder):
    (folder / "src" / "tax.py").unlink()
    text = "".join(
        f"# Chapter {c}\n\n"
        + "".join(f"The {c} whale of year {y} weighed {y * c} tonnes in all. " for y in range(9))
        + "\n\n"
        for c in range(3, 9)
    )
    (folder / "whales.md").write_text(text, "utf-8")
    ready.ingest()
    plain = summary(ready, None, words=300)
    found = summary(ready, None, words=300, style="executive")

    assert max(len(part.claims) for part in plain.sections) > 1
    assert {len(part.claims) for part in found.sections} == {1}
    assert found.overview == plain.overview and found.words < plain.words


def test_a_written_summary_comes_back_from_its_receipt(ready):
    found = summary(ready, ScriptedEngine(honest))

    assert read_receipt(to_json("summary", found), name="x") == found


@pytest.mark.parametrize(("words", "parts"), [(300, 1), (300, 2), (300, 1000), (2000, 3)])
def test_notes_on_parts_are_short_but_never_empty(words, parts):
    wanted = share(words, parts)

    assert 60 <= wanted <= words
    assert wanted * parts >= words


def test_a_global_question_is_answered_from_every_part(ready, folder):
    for i in range(40):
        (folder / f"note{i:02d}.md").write_text(f"{WHALES} Whale number {i}.\n" * 3, "utf-8")
    ready.ingest()
    engine = ScriptedEngine(honest, window=6000)
    store = ready.store
    corpus = corpus_of(store.documents())
    question = "Which numbers are named in all documents?"
    decision = choose(
        inputs_of(
            Task("global"),
            corpus,
            engine=engine,
            wishes=Wishes(route="map-reduce"),
            serving=Serving(),
        )
    )
    found = global_answer(
        question, library=ready.library, store=store, corpus=corpus, engine=engine,
        decision=decision,
    )  # fmt: skip

    assert all(question in prompt for prompt in engine.prompts)
    assert found.parts > 1 and {claim.text for claim in found.written.claims} == {
        HEAVY, HUNTED, TAX
    }  # fmt: skip
    assert [citation.number for citation in found.citations] == [1, 2, 3]


# The command, with a server on the loopback address.

docsense, home = command_line.docsense, command_line.home


@pytest.fixture
def server(monkeypatch):
    with running() as running_server:
        running_server.window = 100_000
        running_server.reply = lambda text: honest(
            Prompt(messages=(Message("user", text),), max_tokens=1)
        )
        monkeypatch.setenv("DOCSENSE_ENGINE", "server")
        monkeypatch.setenv("DOCSENSE_BASE_URL", f"{running_server.url}/v1")
        yield running_server


@pytest.fixture
def commanded(docsense, server):
    return docsense


def test_the_command_shows_marks_sources_and_what_was_covered(commanded, folder):
    done = commanded("summarize", folder, "--coverage")

    assert done.status == 0, done.err
    assert f"{HEAVY} [1]" in done.out
    assert "Sources" in done.out and f"“{HUNTED}”" in done.out
    assert "whales.md: lines 3, 8 of 10" in done.out
    assert "  ..1....1.." in done.out
    assert "1 prompt, " in done.out


def test_bullets_are_shown_as_a_list(commanded, folder):
    done = commanded("summarize", folder, "--style", "bullets")

    assert f"- {HEAVY} [1]" in done.out


def test_markdown_has_numbered_sources(commanded, folder, tmp_path):
    target = tmp_path / "out.md"
    done = commanded("summarize", folder, "--output", target, "--route", "map-reduce")

    assert done.status == 0, done.err
    assert done.out == ""
    text = target.read_text("utf-8")
    assert f"{HEAVY} \\[1\\]" in text
    assert "## Sources" in text and "- \\[2\\] whales.md:8: “" in text


def test_an_unsupported_statement_is_listed_apart(commanded, server, folder):
    lie = section("Overview", (HEAVY, ("S2", HEAVY)), ("They are fish.", ("S2", "all are fish")))
    server.reply = lambda text: reply(lie)

    out = commanded("summarize", folder).out

    assert "do not rely on it:\n  - They are fish." in out
    assert out.count("They are fish.") == 1


def test_a_server_that_fails_offers_the_fallback_and_takes_it(commanded, server, folder):
    server.window = 100_000
    server.first_answers = [(400, {"error": {"message": "no", "code": 400}}, {})] * 9

    failed = commanded("summarize", folder, "--engine", "server")
    assert failed.status == 6 and "--fallback" in failed.err

    done = commanded("summarize", folder, "--fallback")
    assert done.status == 0 and "extractive summary" in done.out


def test_a_style_that_is_not_known_is_refused(commanded, folder):
    done = commanded("summarize", folder, "--style", "poem")

    assert done.status == 3 and "executive" in done.err


def test_another_language_without_a_server_is_refused(docsense, folder):
    done = docsense("summarize", folder, "--language", "German")

    assert done.status == 3 and "German" in done.err
