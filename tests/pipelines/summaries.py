"""Summaries by an engine that quotes the few sentences it knows, wherever a prompt holds them."""

from __future__ import annotations

import json
import re

from docsense_pipelines import summarize

_SOURCE = re.compile(r'<source id="S(\d+)" name="([^"]*)"[^>]*>\n(.*?)</source>', re.DOTALL)
HEAVY = "Blue whales weigh up to 150 tonnes."
HUNTED = "Hunting reduced the population to about 1,500 animals by 1966."
TAX = "Return the tax on a net amount."
QUOTES = {"Overview": HEAVY, "Population": HUNTED, "Code": TAX}


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
