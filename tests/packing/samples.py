"""Small libraries of given texts, cut anywhere, and a strict reader of the prompts made of them."""

from __future__ import annotations

import hashlib
import html
import re
from itertools import pairwise
from typing import NamedTuple

from docsense.packing.neutral import BREAK
from docsense.stores.memory import MemoryStore
from docsense.types import Chunk, Document, Entry, Hit, Record

_ATTRIBUTE = r' (?:name|title|section|pages?|lines?|printed)="[^"<>\n]*"'
_OPEN = re.compile(rf'<source id="S([1-9]\d*)"((?:{_ATTRIBUTE})*)>\n')
_PADDING = re.compile(r"\(padding(?: \.)+\)\n")
_ANY = re.compile(r"</?\s*source", re.IGNORECASE)


def entry(
    name, text, *, counter, cuts=(), pages=(), labels=(), title="", outline=(), headings=(), **kw
):
    """A document with its chunks cut at these offsets; ``pages`` are the offsets pages start at."""
    document = Document(
        uri=kw.pop("uri", f"/lib/{name}"),
        name=name,
        text="",
        unit="page" if pages else "line",
        starts=tuple(pages) or (0, *(m.end() for m in re.finditer("\n", text[:-1]))),
        labels=tuple(labels),
        title=title,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        outline=tuple(outline),
    )
    edges = sorted({0, len(text), *(cut for cut in cuts if 0 < cut < len(text))})
    parts = list(pairwise(edges)) if text else []
    chunks = tuple(
        Chunk(
            document_id=document.id,
            uri=document.uri,
            name=name,
            position=position,
            text=text[start:end],
            start=start,
            end=end,
            first=document.place(start, end).first,
            last=document.place(start, end).last,
            heading=headings[position] if headings else "",
            tokens=counter.count(text[start:end]),
        )
        for position, (start, end) in enumerate(parts)
    )
    record = Record(
        document=document,
        characters=len(text),
        tokens=sum(chunk.tokens for chunk in chunks),
        exact_tokens=kw.pop("exact_tokens", counter.exact),
        chunks=len(chunks),
        size=len(text),
        mtime_ns=1,
        **kw,
    )
    return Entry(record=record, chunks=chunks, terms=("",) * len(chunks))


def library(*entries, store=None):
    store = store or MemoryStore()
    store.put(entries)
    return store


def hits(store, *places):
    """Hits on (uri, position), best first."""
    found = []
    for rank, (uri, position) in enumerate(places):
        (chunk,) = store.chunks(uri, start=position, stop=position + 1)
        found.append(Hit(chunk, 1.0 / (rank + 1)))
    return found


class Parsed(NamedTuple):
    number: int
    attributes: dict[str, str]
    body: str


def parse(prompt):
    """Read a packed prompt: sources and padding and nothing else, or AssertionError."""
    sources, at = [], 0
    while at < len(prompt):
        if padding := _PADDING.match(prompt, at):
            at = padding.end()
            continue
        opened = _OPEN.match(prompt, at)
        assert opened, prompt[at : at + 80]
        end = prompt.index("</source>\n", opened.end())
        body = prompt[opened.end() : end]
        assert not _ANY.search(body), body
        pairs = re.findall(r' (\w+)="([^"]*)"', opened[2])
        attributes = {key: html.unescape(value.replace(BREAK, "")) for key, value in pairs}
        sources.append(Parsed(int(opened[1]), attributes, body))
        at = end + len("</source>\n")
    return sources


def joined(packed):
    return "".join(packed)
