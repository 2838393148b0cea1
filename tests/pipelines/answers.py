"""Answers by an engine that quotes what it is told to, under the source that holds it."""

from __future__ import annotations

import json
import re

from docsense_pipelines import ask

WEIGHT = "Blue whales weigh up to 150 tonnes."
SOURCE = re.compile(r'<source id="S(\d+)" name="([^"]+)"')


def text_of(prompt):
    return "".join(piece for message in prompt.messages for piece in message.pieces())


def reply(*claims, missing=""):
    """A reply that quotes each text under the source that holds it."""

    def write(prompt):
        text = text_of(prompt)
        made = []
        for said, quote in claims:
            before = text[: text.find(quote)] if quote in text else text
            merged = re.findall(rf'\[S(\d+): "{re.escape(quote)}', text)
            marks = merged or [number for number, _ in SOURCE.findall(before)]
            quotes = [{"source": f"S{marks[-1]}", "quote": quote}] if marks else []
            made.append({"quotes": quotes, "text": said})
        return json.dumps({"claims": made, "missing": missing})

    return write


def answer(library, engine, question="How much do blue whales weigh?", **options):
    return ask(
        question, library=library.library, store=library.store, embedder=library.embedder,
        engine=engine, **options,
    )  # fmt: skip
