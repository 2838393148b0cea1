"""Receipts for the tests of views, made of small documents."""

from __future__ import annotations

from docsense.citations import cite
from docsense.receipts import answer_text
from docsense.types import Answer, Claim, Document, Freshness, Route, Searched
from docsense.verification import SourceState, verify
from docsense.views.view import places, view_of


def document(text, *, name="notes.md", kind="markdown"):
    starts = [0, *(i + 1 for i, char in enumerate(text[:-1]) if char == "\n")]
    return Document(
        uri=f"/docs/{name}",
        name=name,
        text=text,
        unit="line",
        starts=tuple(starts),
        sha256="a" * 64,
        kind=kind,
    )


def quoting(source, *quotes):
    """Return the citations of quotes, numbered from 1."""
    return tuple(
        cite(
            source,
            start=source.text.index(quote),
            end=source.text.index(quote) + len(quote),
            quote=quote,
            number=number,
        )
        for number, quote in enumerate(quotes, 1)
    )


def answer(citations, claims=None, *, engine="extractive", question="Why?", **rest):
    claims = claims or tuple(
        Claim(text=c.quote, citations=(c.number,), support=0.8) for c in citations
    )
    return Answer(
        question=question,
        text=answer_text(claims),
        claims=claims,
        citations=citations,
        abstained=False,
        engine=engine,
        language="en",
        route=Route(mode="extractive", reasons=("there is no model",)),
        searched=Searched(documents=1, chunks=1, names=(), terms=("why",)),
        freshness=Freshness(documents=1, stale=(), ingested_at="2026-01-02T03:04:05+00:00"),
        **rest,
    )


def view(receipt, *documents, states=None, context=2):
    sources = states or {each.uri: SourceState(document=each) for each in documents}
    verification = verify(receipt, sources)
    return view_of(
        receipt, places(receipt, sources, verification), verification, boxes={}, context=context
    )


class NoPictures:
    """A page without images."""

    def whole(self, key, page):
        return None

    def crop(self, key, page):
        return None
