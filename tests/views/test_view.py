from __future__ import annotations

from dataclasses import replace

from docsense.types import NearMiss
from docsense.verification import SourceState
from tests.views.samples import answer, document, quoting, view

SOURCE = document("The pump is old.\nIt must not run dry.\nSeals are in box 7.\n")


def test_a_quote_that_holds_is_shown_with_its_lines():
    receipt = answer(quoting(SOURCE, "It must not run dry."))
    (shown,) = view(receipt, SOURCE, context=1).shown

    assert shown.state == "holds"
    assert [line.number for line in shown.excerpt.lines] == [1, 2, 3]
    assert [line.cited for line in shown.excerpt.lines] == [False, True, False]


def test_a_receipt_cannot_show_text_that_it_does_not_quote():
    (cited,) = quoting(SOURCE, "It must not run dry.")
    forged = replace(cited, quote="something else entirely")
    (shown,) = view(answer((forged,)), SOURCE).shown

    assert shown.state == "misquoted"
    assert shown.excerpt.lines == ()


def test_a_moved_quote_is_shown_where_it_stands_now():
    receipt = answer(quoting(SOURCE, "It must not run dry."))
    later = replace(document("New.\n\n" + SOURCE.text), sha256="b" * 64)
    (shown,) = view(receipt, later, context=0).shown

    assert shown.state == "changed"
    assert [line.number for line in shown.excerpt.lines] == [4]
    assert shown.citation.first == 4


def test_a_missing_file_shows_its_quote_alone():
    receipt = answer(quoting(SOURCE, "It must not run dry."))
    gone = {SOURCE.uri: SourceState(document=None, missing=True)}
    (shown,) = view(receipt, states=gone).shown

    assert shown.state == "missing"
    assert shown.excerpt.lines == () and shown.citation.quote == "It must not run dry."


def test_the_committed_text_is_shown_when_the_file_has_changed():
    receipt = answer(quoting(SOURCE, "It must not run dry."))
    later = replace(document("Nothing of it.\n"), sha256="b" * 64)
    states = {SOURCE.uri: SourceState(document=later, committed=SOURCE)}
    (shown,) = view(receipt, states=states, context=0).shown

    assert shown.state == "holds"
    assert "".join(run.text for run in shown.excerpt.lines[0].runs) == "It must not run dry."


def test_near_misses_come_last_and_never_answer_for_a_claim():
    cited = quoting(SOURCE, "It must not run dry.")
    (other,) = quoting(SOURCE, "The pump is old.")
    miss = NearMiss(citation=other, score=0.1, reason="too little")
    shown = view(answer(cited, near_misses=(miss,)), SOURCE)

    assert [each.miss for each in shown.shown] == [None, miss]
    assert [each.key for each in shown.cited(shown.claims[0])] == [1]
