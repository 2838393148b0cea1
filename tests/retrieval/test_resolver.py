from __future__ import annotations

from dataclasses import replace

import pytest

from docsense.retrieval.resolver import resolve
from tests.stores.samples import entry_of


def record(name, title, *, unit="page", kind="pdf"):
    made = entry_of(name, "text").record
    return replace(made, document=replace(made.document, title=title, unit=unit, kind=kind))


FILINGS = [
    record("a.pdf", "BEST BUY CO., INC. Form 10-K (January 28, 2023)"),
    record("b.pdf", "BEST BUY CO., INC. Form 10-Q (July 29, 2023)"),
    record("c.pdf", "Apple Inc. Form 10-Q (July 1, 2023)"),
    record("d.pdf", "ADVANCED MICRO DEVICES, INC. Form 10-K (December 31, 2022)"),
    record("e.pdf", "Form 8-K for Foot Locker INC filed 05/19/2022"),
    record("f.pdf", "GENERAL MILLS, INC. Form 10-K (May 28, 2023)"),
]


def names(resolution, records=FILINGS):
    by_id = {r.document.id: r.document.name for r in records}
    return None if resolution.within is None else {by_id[id] for id in resolution.within}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What were Best Buy's margins?", {"a.pdf", "b.pdf"}),
        ("Is BestBuy growing?", {"a.pdf", "b.pdf"}),
        ("what did best buy sell", {"a.pdf", "b.pdf"}),
        ("How did Apple's sales change?", {"c.pdf"}),
        ("Did AMD grow?", {"d.pdf"}),
        ("Who is Footlocker's new CEO?", {"e.pdf"}),
        ("Compare Apple and Best Buy", {"a.pdf", "b.pdf", "c.pdf"}),
    ],
)
def test_a_company_is_found_by_what_people_call_it(question, found):
    resolution = resolve(question, FILINGS)

    assert names(resolution) == found
    assert resolution.reasons


@pytest.mark.parametrize(
    "question",
    [
        "What is the total of inventories?",
        "Which product performed the best?",
        "How did General Electric do?",
        "apples and oranges",
        "",
    ],
)
def test_without_a_sure_name_every_document_stays(question):
    assert resolve(question, FILINGS).within is None


def test_a_period_lifts_but_does_not_cut():
    resolution = resolve("Best Buy's gross margin in FY2023", FILINGS)
    lifts = {r.document.name: resolution.lifts.get(r.document.id, 0.0) for r in FILINGS}

    assert names(resolution) == {"a.pdf", "b.pdf"}
    assert lifts["a.pdf"] > 0


def test_a_form_lifts_the_documents_of_that_form():
    resolution = resolve("What does the 10-K of Best Buy say?", FILINGS)
    by_name = {r.document.name: r.document.id for r in FILINGS}

    assert resolution.lifts.get(by_name["a.pdf"], 0) > resolution.lifts.get(by_name["b.pdf"], 0)


def test_names_of_files_are_names_too():
    records = [record("reports/ACME_2023Q2_10Q.pdf", ""), record("reports/Zeta_2022_10K.pdf", "")]

    assert names(resolve("What did Acme earn?", records), records) == {
        "reports/ACME_2023Q2_10Q.pdf"
    }


def test_notes_and_single_words_without_capitals_are_lifted_not_cut():
    notes = [record(n, "", unit="line", kind="markdown") for n in ("whales.md", "tax.md")]
    resolution = resolve("Where do Whales live?", notes)

    assert resolution.within is None and list(resolution.lifts) == [notes[0].document.id]
    assert resolve("what does apple sell", FILINGS).within is None


def test_code_is_never_cut_only_lifted():
    records = [
        record("src/provider.py", "", unit="line", kind="python"),
        record("src/app.py", "", unit="line", kind="python"),
    ]
    resolution = resolve("What does the JSON Provider do?", records)

    assert resolution.within is None
    assert list(resolution.lifts) == [records[0].document.id]


def test_a_library_of_one_document_has_nothing_to_resolve():
    resolution = resolve("Apple in FY2023", FILINGS[2:3])

    assert resolution.within is None and not resolution.lifts


def test_a_document_that_got_another_title_is_found_by_the_new_one():
    assert names(resolve("How did Apple do?", FILINGS)) == {"c.pdf"}
    renamed = [*FILINGS[:2], record("c.pdf", "Zenith Corp. Form 10-Q (July 1, 2023)"), *FILINGS[3:]]

    assert names(resolve("How did Apple do?", renamed), renamed) is None
    assert names(resolve("How did Zenith do?", renamed), renamed) == {"c.pdf"}
    assert names(resolve("How did Apple do?", FILINGS)) == {"c.pdf"}
