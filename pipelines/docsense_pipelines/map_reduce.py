"""Reading what no prompt holds: notes on every part, then notes on notes until one prompt is left.

A few parts are read and sent at a time; of each only its claims and their citations stay. A merge
sees the claims with their quotes and may cite those alone, so every citation of the result still
stands at its offsets in a document. Finished parts outlive a killed run (``checkpoints``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from docsense.claims.reading import ClaimReader
from docsense.engines import Message
from docsense.errors import ContextOverflowError
from docsense.packing.packed import pack
from docsense.types import Usage
from docsense_pipelines.checkpoints import Checkpoints, Notes, digest
from docsense_pipelines.parts import (
    Excerpt,
    ExcerptGrounder,
    PartReader,
    excerpts_of,
    plan_parts,
)
from docsense_pipelines.progress import Progress, silent
from docsense_pipelines.written import Written, nobody, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from docsense.engines import Completion, Engine, Prompt
    from docsense.packing import Packed
    from docsense.stores import Store
    from docsense.types import Citation, Claim, Record
    from docsense_pipelines.parts import Part
    from docsense_pipelines.progress import Report
    from docsense_pipelines.written import OnClaim

CONCURRENCY = 8
"""Prompts that an engine is given at once, as the router expects (``Inputs.concurrency``)."""

_ESTIMATE_ERROR = 1.15
_PACKED_ERROR = 1.05
_PLANNED = 0.92
_MERGE_TOKENS = 4096
_OVERHEAD = 700
_SMALLEST_MERGE = 512
_MARK_TOKENS = 12
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the parts and of what they come to.

    Args:
        of_part: The prompt for one part, of (its text, its number from 1, the number of parts);
            a single part is all there is.
        of_merge: The prompt that merges claims, of (claims, citations, the number of groups).
        about: The question or focus, for what claims may repeat from it.
        reserve: Tokens kept free for what is written.
    """

    of_part: Callable[[Packed, int, int], Prompt]
    of_merge: Callable[[Sequence[Claim], Sequence[Citation], int], Prompt]
    about: str
    reserve: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a model wrote over all parts; ``written`` has the usage of all its requests."""

    written: Written
    citations: tuple[Citation, ...]
    records: tuple[Record, ...]
    parts: int
    tokens: int


def map_reduce(
    records: Iterable[Record],
    asked: Asked,
    *,
    store: Store,
    folder: Path,
    engine: Engine,
    part: int,
    concurrency: int = CONCURRENCY,
    on_claim: OnClaim = nobody,
    report: Report = silent,
) -> Merged:
    """Read all documents in parts and merge what they say.

    Args:
        folder: Of the library: finished parts are kept in it until the end.
        part: Tokens of sources in one prompt, at most.
        on_claim: Told of the claims of the last prompt alone.

    Raises:
        EngineError: As ``Engine.complete``; what is finished is kept.
        IndexStateError: A document changed meanwhile.
    """
    by_uri = {r.document.uri: r for r in records if r.status == "ready" and r.characters}
    limit = part if engine.counter.exact else int(part / _PACKED_ERROR)
    # A part that packing finds too long costs a prompt more: plan with some room.
    parts = plan_parts(by_uri.values(), limit=int(limit * _PLANNED))
    names = [_name(each, by_uri) for each in parts]
    reader = PartReader(store, by_uri, counter=engine.counter, limit=limit)
    with Checkpoints(
        folder,
        key=_key(asked, store=store, engine=engine, limit=limit),
        corpus=digest(*(f"{uri}\0{r.document.sha256}" for uri, r in sorted(by_uri.items()))),
        wanted=set(names),
    ) as kept:
        run = _Run(engine, asked, by_uri, reader, kept, concurrency, report)
        resumed = sum(kept.get(name) is not None for name in names)
        whole = run.alone(parts) if len(parts) == 1 else None
        if whole is not None:
            written, citations = run.last(*whole, on_claim=on_claim)
            notes: list[Notes] = []
        else:
            notes = run.read(parts, names)
            written, citations = run.merge(notes, on_claim=on_claim)
        kept.clear()
    told = [*_told(notes, resumed=resumed), *([kept.trouble] if kept.trouble else [])]
    return Merged(
        written=replace(written, notes=(*written.notes, *told)),
        citations=tuple(citations),
        records=tuple(by_uri.values()),
        parts=len(parts),
        tokens=sum(each.tokens for each in parts),
    )


def _name(part: Part, records: Mapping[str, Record]) -> str:
    """Return what stands for the text of a part: its documents' versions and spans."""
    return digest(
        *(f"{s.uri}\0{records[s.uri].document.sha256}\0{s.start}\0{s.end}" for s in part.slices)
    )


def _key(asked: Asked, *, store: Store, engine: Engine, limit: int) -> str:
    """Return what stands for all that is asked: the very prompts, over no sources."""
    nothing = pack([], store=store, counter=engine.counter)
    prompts = (asked.of_part(nothing, 1, 2), asked.of_merge((), (), 1))
    texts = ["".join(piece for m in p.messages for piece in m.pieces()) for p in prompts]
    return digest(engine.name, str(limit), *texts, *(f"{p.schema}{p.max_tokens}" for p in prompts))


def _told(notes: Sequence[Notes], *, resumed: int) -> Iterator[str]:
    """Yield what a reader should know of the parts, in a few lines whatever their number."""
    if resumed:
        yield f"{resumed:,} of {len(notes):,} parts were read by a run that was interrupted"
    if lost := sum(each.lost for each in notes):
        yield f"{lost:,} statements about single parts were not found in them and are left out"
    said = list(dict.fromkeys(warning for each in notes for warning in each.warnings))
    yield from said[:_SHOWN]
    if len(said) > _SHOWN:
        yield f"and {len(said) - _SHOWN:,} more such notes"


@dataclass(frozen=True, slots=True)
class _Run:
    """One job at work."""

    engine: Engine
    asked: Asked
    records: Mapping[str, Record]
    reader: PartReader
    kept: Checkpoints
    concurrency: int
    report: Report

    def alone(self, parts: Sequence[Part]) -> tuple[Prompt, list[Excerpt]] | None:
        """Return the prompt of a single part that is all there is, and fits."""
        packs = self.reader.packs(parts[0])
        if len(packs) != 1:
            return None
        return self.asked.of_part(packs[0], 1, 1), list(excerpts_of(packs[0]))

    def last(
        self, prompt: Prompt, excerpts: Sequence[Excerpt], *, on_claim: OnClaim
    ) -> tuple[Written, Sequence[Citation]]:
        """Write the last prompt out, in the open."""
        grounder = ExcerptGrounder(excerpts, about=self.asked.about)
        written = write(
            prompt, engine=self.engine, grounder=grounder, on_claim=on_claim, report=self.report
        )
        return written, grounder.citations

    def read(self, parts: Sequence[Part], names: Sequence[str]) -> list[Notes]:
        """Return notes on every part, a batch of parts at a time; finished ones are not read."""
        found = {name: notes for name in names if (notes := self.kept.get(name)) is not None}
        waiting = [i for i, name in enumerate(names) if name not in found]
        total = max(2, len(parts))
        for at in range(0, len(waiting), self.concurrency):
            batch = waiting[at : at + self.concurrency]
            self.report(Progress("prefill", len(found), len(parts), "parts"))
            sent = [(i, packed) for i in batch for packed in self.reader.packs(parts[i])]
            done: dict[int, list[Notes]] = {i: [] for i in batch}
            for first in range(0, len(sent), self.concurrency):
                some = sent[first : first + self.concurrency]
                for i, notes in self._noted(some, total):
                    done[i].append(notes)
            del sent
            for i in batch:
                found[names[i]] = joined(done[i])
                self.kept.keep(names[i], found[names[i]])
        self.report(Progress("prefill", len(parts), len(parts), "parts"))
        return [found[name] for name in names]

    def _noted(self, sent: Sequence[tuple[int, Packed]], total: int) -> Iterator[tuple[int, Notes]]:
        """Yield notes on each; what the engine finds too long after all is halved."""
        prompts = [_read(self.asked.of_part(packed, i + 1, total)) for i, packed in sent]
        try:
            completions = self.engine.complete(prompts)
        except ContextOverflowError:
            if len(sent) > 1:
                for one in sent:
                    yield from self._noted([one], total)
                return
            ((i, packed),) = sent
            halves = self.reader.halves(packed)
            if len(halves) < 2:
                raise
            yield from self._noted([(i, half) for half in halves], total)
            return
        for (i, packed), completion in zip(sent, completions, strict=True):
            excerpts = list(excerpts_of(packed))
            yield i, notes_of(completion, excerpts, self.asked.about, warnings=warnings(packed))

    def merge(
        self, notes: Sequence[Notes], *, on_claim: OnClaim
    ) -> tuple[Written, Sequence[Citation]]:
        """Merge notes in groups until one prompt holds them, and write that one out."""
        usage = [each.usage for each in notes]
        room = self.engine.window - self.asked.reserve - _OVERHEAD
        limit = max(_SMALLEST_MERGE, min(room, max(_MERGE_TOKENS, self.reader.limit)))
        if not self.engine.counter.exact:
            limit = int(limit / _ESTIMATE_ERROR)
        everything, dropped = self._short(joined(notes), limit // 2)
        while len(groups := list(self._groups(everything, limit))) > 1:
            self.report(Progress("prefill", 0, len(groups), "merging notes"))
            merged = self._merged(groups)
            usage += [each.usage for each in merged]
            fitting = [self._fitting(each, limit // 2) for each in merged]
            dropped += sum(len(each.claims) for each in merged)
            dropped -= sum(len(each.claims) for each in fitting)
            everything = joined(fitting)
        total = sum_of(usage)
        if not everything.claims:
            return _nothing(everything, total), ()
        prompt = self.asked.of_merge(everything.claims, everything.citations, 1)
        written, citations = self.last(prompt, self._quotes(everything), on_claim=on_claim)
        told = [f"{dropped:,} statements about parts were too many to merge"] if dropped else []
        usage_of_all = replace(total + written.usage, first_token=total.first_token)
        return replace(written, notes=(*written.notes, *told), usage=usage_of_all), citations

    def _merged(self, groups: Sequence[Notes]) -> list[Notes]:
        """Return what each group comes to, from the checkpoints or from the engine."""
        names = [digest(*(c.text for c in g.claims), *(c.quote for c in g.citations))
                 for g in groups]  # fmt: skip
        found = {name: notes for name in names if (notes := self.kept.get(name)) is not None}
        waiting = [i for i, name in enumerate(names) if name not in found]
        for at in range(0, len(waiting), self.concurrency):
            batch = waiting[at : at + self.concurrency]
            prompts = [
                self.asked.of_merge(groups[i].claims, groups[i].citations, len(groups))
                for i in batch
            ]
            completions = self.engine.complete(prompts) if prompts else []
            for i, completion in zip(batch, completions, strict=True):
                excerpts = self._quotes(groups[i])
                found[names[i]] = notes_of(completion, excerpts, self.asked.about)
                self.kept.keep(names[i], found[names[i]])
        return [found[name] for name in names]

    def _quotes(self, notes: Notes) -> list[Excerpt]:
        return [
            Excerpt(number=c.number, of=self.records[c.uri], start=c.start, text=c.quote)
            for c in notes.citations
        ]

    def _groups(self, notes: Notes, limit: int) -> Iterator[Notes]:
        """Yield stretches of claims whose prompt fits, each with its own citations."""
        quotes = {citation.number: citation for citation in notes.citations}
        group: list[Claim] = []
        used = 0
        for claim in notes.claims:
            cost = self._cost(claim, quotes)
            if group and used + cost > limit:
                yield _with_claims(notes, group)
                group, used = [], 0
            group.append(claim)
            used += cost
        yield _with_claims(notes, group)

    def _fitting(self, notes: Notes, limit: int) -> Notes:
        """Keep the leading claims up to so many tokens, so that every round gets shorter."""
        quotes = {citation.number: citation for citation in notes.citations}
        kept, used = [], 0
        for claim in notes.claims:
            used += self._cost(claim, quotes)
            if used > limit:
                break
            kept.append(claim)
        return _with_claims(notes, kept)

    def _short(self, notes: Notes, limit: int) -> tuple[Notes, int]:
        """Drop claims that alone are longer than a merge takes; say how many."""
        quotes = {citation.number: citation for citation in notes.citations}
        kept = [claim for claim in notes.claims if self._cost(claim, quotes) <= limit]
        return _with_claims(notes, kept), len(notes.claims) - len(kept)

    def _cost(self, claim: Claim, quotes: Mapping[int, Citation]) -> int:
        texts = [claim.text, *(quotes[number].quote for number in claim.citations)]
        return sum(self.engine.counter.count(text) + _MARK_TOKENS for text in texts)


def _read(prompt: Prompt) -> Prompt:
    """Return the prompt with its text: engines send from several threads, a store has one."""
    messages = tuple(Message(m.role, "".join(m.pieces())) for m in prompt.messages)
    return replace(prompt, messages=messages)


def notes_of(
    completion: Completion, excerpts: Sequence[Excerpt], about: str, *, warnings: Iterable[str] = ()
) -> Notes:
    """Read what was written on a part and look its quotes up; what has none is only counted."""
    claims = ClaimReader()
    grounder = ExcerptGrounder(excerpts, about=about)
    drafts = [*claims.feed(completion.text), *claims.finish()]
    grounded = [grounder.ground(draft) for draft in drafts]
    told = [*warnings]
    if completion.finish == "length":
        told.append("notes on some parts were cut short")
    elif claims.broken:
        told.append("notes on some parts broke off: their JSON could not be read to the end")
    return Notes(
        claims=tuple(claim for claim in grounded if claim is not None),
        citations=tuple(grounder.citations),
        lost=len(grounder.unsupported),
        missing=claims.missing,
        warnings=tuple(told),
        usage=completion.usage,
    )


def joined(notes: Sequence[Notes]) -> Notes:
    """Return all claims in order; a place in a document is cited under one number."""
    numbers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    claims: list[Claim] = []
    for each in notes:
        moved: dict[int, int] = {}
        for citation in each.citations:
            key = (citation.uri, citation.start, citation.end)
            if key not in numbers:
                numbers[key] = len(citations) + 1
                citations.append(replace(citation, number=numbers[key]))
            moved[citation.number] = numbers[key]
        for claim in each.claims:
            cited = tuple(dict.fromkeys(moved[number] for number in claim.citations))
            claims.append(replace(claim, citations=cited))
    return Notes(
        claims=tuple(claims),
        citations=tuple(citations),
        lost=sum(each.lost for each in notes),
        missing=next((each.missing for each in notes if each.missing), ""),
        warnings=tuple(dict.fromkeys(warning for each in notes for warning in each.warnings)),
        usage=sum_of(each.usage for each in notes),
    )


def sum_of(usages: Iterable[Usage]) -> Usage:
    """Add up; no request at all says of everything that it was nothing."""
    made = [usage for usage in usages if usage.requests]
    return reduce(add, made) if made else Usage(requests=0, cached_tokens=0, server_seconds=0.0)


def warnings(packed: Packed) -> Iterator[str]:
    """Yield a line for each source that holds what reads like an instruction to a model."""
    for flag in {flag.uri: flag for flag in reversed(packed.flags)}.values():
        yield (
            f"{flag.name} holds text that reads like an instruction to a model, taken as data: "
            f"“{flag.excerpt}”"
        )


def _with_claims(notes: Notes, claims: Sequence[Claim]) -> Notes:
    cited = {number for claim in claims for number in claim.citations}
    citations = tuple(c for c in notes.citations if c.number in cited)
    return replace(notes, claims=tuple(claims), citations=citations)


def _nothing(notes: Notes, usage: Usage) -> Written:
    return Written(
        claims=(), sections=(), unsupported=(), missing=notes.missing, notes=(), usage=usage
    )
