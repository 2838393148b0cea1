"""A library in parts that each fit a prompt: planned by its records alone, then read one by one.

Parts stand in order of uri and tile every document: ``[start, end)`` of each slice begins where the
one before it ended. A chunk belongs to the slice in which it begins, so parts cut anywhere are
parts cut between chunks once the text is read. The plan prorates tokens by characters; packing
counts them, and a part that turns out too long is packed as two prompts or more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from docsense.citations import cite
from docsense.claims.grounding import Grounder
from docsense.errors import IndexStateError
from docsense.packing import Span, pack_passages
from docsense.types import Chunk, Hit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docsense.claims.reading import Draft
    from docsense.packing import Packed
    from docsense.stores import Counted, Store
    from docsense.tokens import TokenCounter
    from docsense.types import Citation, Claim, Record, Section

_SOURCE_TOKENS = 40
_PAGE_TOKENS = 6
_MARGIN = 0.9
"""Of the limit, what a cut aims at: tokens are not spread evenly over the characters."""


class Slice(NamedTuple):
    """Characters ``[start, end)`` of a document, and about how many tokens they take, marked."""

    uri: str
    start: int
    end: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Part:
    """Slices that go into one prompt, in order of uri and place."""

    slices: tuple[Slice, ...]

    @property
    def tokens(self) -> int:
        return sum(piece.tokens for piece in self.slices)


def plan_parts(records: Iterable[Record], *, limit: int) -> list[Part]:
    """Return the parts of all readable documents, each of about ``limit`` tokens at most.

    Small documents of one folder stay together where they fit; a document above the limit is cut
    between its sections, the top ones first, and evenly where a section is above it, too.
    """
    readable = [r for r in records if r.status == "ready" and r.characters]
    readable.sort(key=lambda record: record.document.uri)
    parts: list[Part] = []
    waiting: list[Slice] = []
    for _, group in groupby(readable, key=lambda record: _folder(record.document.uri)):
        slices = [piece for record in group for piece in _slices(record, limit)]
        if _tokens(slices) + _tokens(waiting) > limit >= _tokens(slices):
            _close(waiting, parts)  # the folder fits a part of its own: do not tear it apart
        room = limit - _tokens(waiting)
        for piece in slices:
            if piece.tokens > room:
                _close(waiting, parts)
                room = limit
            waiting.append(piece)
            room -= piece.tokens
    _close(waiting, parts)
    return parts


def _close(waiting: list[Slice], parts: list[Part]) -> None:
    if waiting:
        parts.append(Part(tuple(waiting)))
        waiting.clear()


def _tokens(slices: Sequence[Slice]) -> int:
    return sum(piece.tokens for piece in slices)


def _folder(uri: str) -> str:
    return uri.rpartition("/")[0]


def _slices(record: Record, limit: int) -> list[Slice]:
    """Return the document whole, or cut into slices that each fit."""
    sizes = _Sizes(record)
    whole = sizes.slice(0, record.characters)
    if whole.tokens <= limit:
        return [whole]
    target = max(1, int(limit * _MARGIN))
    outline = sorted(record.document.outline, key=lambda section: section.start)
    edges = [0, *_cuts(sizes, outline, 0, record.characters, target)]
    return list(_joined(sizes, edges, target))


class _Sizes:
    """Tokens of any stretch of a document, prorated."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._pages = record.document.starts if record.document.unit == "page" else ()

    def tokens(self, start: int, end: int) -> int:
        text = ceil(self.record.tokens * (end - start) / self.record.characters)
        pages = bisect_left(self._pages, end) - bisect_left(self._pages, start)
        return text + _SOURCE_TOKENS + _PAGE_TOKENS * pages

    def slice(self, start: int, end: int) -> Slice:
        return Slice(self.record.document.uri, start, end, self.tokens(start, end))


def _cuts(
    sizes: _Sizes, outline: Sequence[Section], start: int, end: int, target: int
) -> Iterator[int]:
    """Yield the ends of stretches of ``[start, end)`` that each fit, in order."""
    if sizes.tokens(start, end) <= target or end - start <= 1:
        yield end
        return
    first = bisect_right(outline, start, key=lambda section: section.start)
    last = bisect_left(outline, end, key=lambda section: section.start)
    inside = outline[first:last]
    if not inside:
        yield from _even(sizes, start, end, target)
        return
    top = min(section.level for section in inside)
    deeper = [section for section in inside if section.level > top]
    edges = sorted({start, end, *(s.start for s in inside if s.level == top)})
    for a, b in pairwise(edges):
        yield from _cuts(sizes, deeper, a, b, target)


def _even(sizes: _Sizes, start: int, end: int, target: int) -> Iterator[int]:
    """Cut where no section begins: into equal stretches, halved again where marks crowd."""
    tokens, length = sizes.tokens(start, end), end - start
    if tokens <= target or length <= 1:
        yield end
        return
    n = min(length, max(2, ceil(tokens / max(1, target - _SOURCE_TOKENS))))
    for a, b in pairwise([start + length * i // n for i in range(n + 1)]):
        yield from _even(sizes, a, b, target)


def _joined(sizes: _Sizes, edges: Sequence[int], target: int) -> Iterator[Slice]:
    """Join neighbors while they fit together."""
    start, end = edges[0], edges[1]
    for edge in edges[2:]:
        if sizes.tokens(start, edge) > target:
            yield sizes.slice(start, end)
            start = end
        end = edge
    yield sizes.slice(start, end)


class PartReader:
    """Reads parts and packs them; it keeps the chunk ends of the last document that was cut.

    Args:
        limit: Tokens of one packed prompt, at most, unless a single chunk has more.
    """

    def __init__(
        self, store: Store, records: Mapping[str, Record], *, counter: TokenCounter, limit: int
    ) -> None:
        self._store = store
        self._records = records
        self._counter = counter
        self.limit = limit
        self._ends: tuple[str, tuple[Counted, ...]] = ("", ())

    def packs(self, part: Part) -> list[Packed]:
        """Return the part's prompts, in order: one, or more where the plan guessed too low.

        Raises:
            IndexStateError: A document changed since its record was read.
        """
        return self.fitting(self._chunks(part))

    def fitting(self, chunks: Sequence[Chunk]) -> list[Packed]:
        """Pack chunks into one prompt; halve them until each fits. No chunks, no prompt."""
        if not chunks:
            return []
        packed = pack_passages([Hit(chunk, 0.0) for chunk in chunks], self._store,
                               counter=self._counter)  # fmt: skip
        if packed.left_out:
            raise _changed(packed.left_out[0].name)
        if packed.tokens <= self.limit or len(chunks) == 1:
            return [packed]
        half = len(chunks) // 2
        return [*self.fitting(chunks[:half]), *self.fitting(chunks[half:])]

    def halves(self, packed: Packed) -> list[Packed]:
        """Pack the spans of one prompt into two; one alone comes back when it is a single chunk."""
        spans = [(s.uri, span.start, span.end, 0) for s in packed.sources for span in s.spans]
        chunks = self._chunks(Part(tuple(Slice(*span) for span in spans)))
        half = len(chunks) // 2
        return [*self.fitting(chunks[:half]), *self.fitting(chunks[half:])]

    def _chunks(self, part: Part) -> list[Chunk]:
        whole = [s.uri for s in part.slices if s.end - s.start == self._records[s.uri].characters]
        counts = self._store.counts(whole)
        texts = dict(self._store.texts(whole))
        found: list[Chunk] = []
        for piece in part.slices:
            if piece.uri in texts:
                record = self._records[piece.uri]
                found += _tiles(record, texts.pop(piece.uri), counts.get(piece.uri, ()))
            else:
                found += self._cut(piece)
        return found

    def _cut(self, piece: Slice) -> Iterator[Chunk]:
        """Yield the chunks that begin within a slice of a document."""
        if self._ends[0] != piece.uri:
            self._ends = (piece.uri, self._store.counts([piece.uri]).get(piece.uri, ()))
        ends = self._ends[1]
        if not ends or ends[-1].end != self._records[piece.uri].characters:
            raise _changed(self._records[piece.uri].document.name)
        first, stop = _position(ends, piece.start), _position(ends, piece.end)
        if first < stop:
            yield from self._store.chunks(piece.uri, start=first, stop=stop)


def _position(ends: Sequence[Counted], offset: int) -> int:
    """Return the position of the first chunk that begins at an offset or after it."""
    return bisect_left(ends, offset, key=lambda counted: counted.end) + 1 if offset else 0


def _tiles(record: Record, text: str, counted: Sequence[Counted]) -> Iterator[Chunk]:
    """Yield the chunks of a whole text, cut where they end: many documents cost one query."""
    document = record.document
    if len(text) != record.characters or not counted or counted[-1].end != len(text):
        raise _changed(document.name)
    identity, start = document.id, 0
    for position, (end, tokens) in enumerate(counted):
        yield Chunk(
            document_id=identity, uri=document.uri, name=document.name, position=position,
            text=text[start:end], start=start, end=end, first=0, last=0, tokens=tokens,
        )  # fmt: skip
        start = end


def _changed(name: str) -> IndexStateError:
    return IndexStateError(
        f"{name}: changed while it was in use", hint="summarize again when the ingest is done"
    )


class Excerpt:
    """A stretch of a document that stands in a prompt as source ``number``, with its text.

    To those who look for quotes it is a document of its own, whose uri is the number.

    Args:
        start: Offset of its first character in the document.
    """

    def __init__(self, *, number: int, of: Record, start: int, text: str) -> None:
        self.number = number
        self.of = of
        self.start = start
        self.text = text
        self.spans: tuple[tuple[int, int], ...] = (Span(0, len(text)),)

    @cached_property
    def record(self) -> Record:
        """Return a record of the excerpt alone, with the headings that it stands under."""
        document, start, end = self.of.document, self.start, self.start + len(self.text)
        outline = tuple(
            s._replace(start=max(0, s.start - start), end=s.end - start)
            for s in document.outline
            if s.start < end and s.end > start
        )
        excerpt = replace(
            document, uri=str(self.number), starts=(0,), labels=(), blank=(), outline=outline
        )
        return replace(self.of, document=excerpt, characters=len(self.text))


def excerpts_of(packed: Packed) -> Iterator[Excerpt]:
    """Yield the sources of packed passages with their texts."""
    for block in packed.blocks:
        if block.source is not None and block.kept is not None:
            yield Excerpt(
                number=block.source.number,
                of=block.source.record,
                start=block.source.spans[0].start,
                text="".join(block.kept),
            )


class ExcerptGrounder(Grounder):
    """Looks quotes up in excerpts alone; its citations stand at their offsets in the documents."""

    def __init__(self, excerpts: Sequence[Excerpt], *, about: str = "") -> None:
        texts = {str(excerpt.number): excerpt.text for excerpt in excerpts}

        def read(uris: Sequence[str]) -> Iterator[tuple[str, str]]:
            yield from ((uri, texts[uri]) for uri in uris)

        super().__init__(excerpts, read, about)
        self._inside = Grounder(excerpts, read, about)
        self._excerpts = {str(excerpt.number): excerpt for excerpt in excerpts}
        self._moved: list[int] = []
        self.unsupported = self._inside.unsupported

    def ground(self, draft: Draft) -> Claim | None:
        """Return the claim with citations of documents; None when no quote is found."""
        claim = self._inside.ground(draft)
        if claim is None:
            return None
        for citation in self._inside.citations[len(self._moved) :]:
            self._moved.append(self._placed(citation))
        cited = (self._moved[number - 1] for number in claim.citations)
        return replace(claim, citations=tuple(dict.fromkeys(cited)))

    def _placed(self, citation: Citation) -> int:
        """Return the number of a citation once it is moved to where its document has it."""
        excerpt = self._excerpts[citation.uri]
        start, end = excerpt.start + citation.start, excerpt.start + citation.end
        key = (excerpt.of.document.uri, start, end)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(
                cite(
                    excerpt.of.document, start=start, end=end, quote=citation.quote,
                    number=self._numbers[key], match=citation.match,
                )
            )  # fmt: skip
        return self._numbers[key]
