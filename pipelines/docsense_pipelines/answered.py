"""An answer that a model writes: routed, packed, streamed, and every quote looked up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from docsense.claims.grounding import Grounder
from docsense.language import detect
from docsense.packing import (
    ATTENTION_CHUNK,
    align,
    cached_share,
    pack_documents,
    pack_passages,
)
from docsense.prompts import ask_prompt, tokens_ahead
from docsense.receipts import answer_text
from docsense.routing import choose, classify
from docsense.tracing import span
from docsense.types import Answer, Searched
from docsense_pipelines.commits import with_commits
from docsense_pipelines.deciding import (
    PASSAGES,
    corpus_of,
    document_names,
    evident_documents,
    inputs_of,
    reads_everything,
)
from docsense_pipelines.escalating import WEAK, larger, strength
from docsense_pipelines.looking import Looking, look, searched
from docsense_pipelines.prefixes import Prefix, keep_prefix, last_prefix
from docsense_pipelines.progress import silent
from docsense_pipelines.quoted import quote_answer
from docsense_pipelines.scope import scope_of, unscoped
from docsense_pipelines.sources import freshness, hidden_notes
from docsense_pipelines.written import nobody, write
from docsense_pipelines.written_summary import global_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from docsense.embedders import Embedder
    from docsense.engines import Engine
    from docsense.index import Library
    from docsense.packing import Packed
    from docsense.retrieval import Retrieved
    from docsense.routing import Decision
    from docsense.stores import Store
    from docsense.types import Citation, Record
    from docsense_pipelines.deciding import Corpus, Serving, Wishes
    from docsense_pipelines.looking import Looked
    from docsense_pipelines.progress import Report
    from docsense_pipelines.written import OnClaim, Written

_NAMES = 20
_ALIGNED = 10 * ATTENTION_CHUNK
"""Tokens from which padding to a multiple of the attention chunk costs less than a tenth."""
_AROUND = 1024
"""Tokens of a prompt besides the sources, generously."""


def silently(reason: str) -> None:
    """Tell nobody that more is read."""


def written_answer(
    question: str,
    *,
    library: Library,
    store: Store,
    embedder: Embedder | None,
    engine: Engine,
    wishes: Wishes,
    serving: Serving,
    looking: Looking | None = None,
    on_claim: OnClaim = nobody,
    on_again: Callable[[str], None] = silently,
    report: Report = silent,
) -> Answer:
    """Answer by a model; a claim is only ever shown as cited with a quote that was found.

    Raises:
        EngineError: As ``Engine.stream``, and for a forced route that cannot be taken.
        ConfigError: A forced route cannot keep the bounds on seconds or cost.
    """
    corpus = corpus_of(store.documents())
    task = classify(question, documents=document_names(corpus.records))
    looked: Looked | None = None
    # A choice of documents leaves no trace: the next question about all finds its prefix again.
    chosen = unscoped(store).within is not None
    prefix = Prefix() if chosen else last_prefix(library, engine)
    if prefix.read:
        serving = replace(serving, cached=prefix.cached(corpus.records), cached_mode="stuff")
    known = partial(inputs_of, task, corpus, engine=engine, wishes=wishes, serving=serving)
    if not reads_everything(known()):
        looked = look(
            question, library=library, store=store, embedder=embedder, k=PASSAGES,
            looking=looking or Looking(), report=report,
        )  # fmt: skip
        wishes = wishes.after(looked.seconds)
    found = looked.found if looked is not None else None
    with span("route"):
        decision = choose(known(found=found, wishes=wishes))
    if decision.route.mode == "extractive":
        return quote_answer(
            question, library=library, store=store, embedder=embedder,
            route=decision.route, looked=looked, report=report,
        )  # fmt: skip
    if decision.route.mode == "map-reduce":
        merged = global_answer(
            question, library=library, store=store, corpus=corpus, engine=engine,
            decision=decision, max_tokens=wishes.answer_tokens, on_claim=on_claim, report=report,
        )  # fmt: skip
        made = _Made(
            written=merged.written,
            citations=merged.citations,
            records=merged.records,
            tokens=merged.tokens,
        )
        return _answer(question, made, decision, (), corpus=corpus, engine=engine, store=store)
    changed = prefix.changed(corpus.records)
    with span("pack") as packing:
        packed = _packed(decision, store=store, engine=engine, found=found, changed=changed)
        packing.add(tokens=packed.tokens)
    writer = _Writer(
        question, engine=engine, store=store, max_tokens=wishes.answer_tokens, on_claim=on_claim,
        report=report,
    )  # fmt: skip
    attempts = [writer.attempt(packed)]
    if decision.route.mode == "stuff" and not chosen:
        keep_prefix(library, engine, packed, ahead=tokens_ahead(engine.counter), volatile=changed)
    reasons = list(
        _read_on(writer, attempts, decision, wishes=wishes, serving=serving, on_again=on_again)
    )
    return _answer(
        question, _best(attempts), decision, reasons, corpus=corpus, engine=engine, looked=looked,
        store=store,
    )  # fmt: skip


class _Attempt(NamedTuple):
    """What was packed, what was written from it, and its citations."""

    packed: Packed
    written: Written
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes answers to one question from one packing after another."""

    question: str
    engine: Engine
    store: Store
    max_tokens: int
    on_claim: OnClaim
    report: Report

    def attempt(self, packed: Packed) -> _Attempt:
        grounder = Grounder(packed.sources, self.store.texts, self.question)
        written = write(
            ask_prompt(packed, self.question, max_tokens=self.max_tokens),
            engine=self.engine,
            grounder=grounder,
            on_claim=self.on_claim,
            report=self.report,
        )
        return _Attempt(packed, written, tuple(grounder.citations))


def _read_on(
    writer: _Writer,
    attempts: list[_Attempt],
    decision: Decision,
    *,
    wishes: Wishes,
    serving: Serving,
    on_again: Callable[[str], None],
) -> Iterator[str]:
    """Add attempts while the support is weak and the bounds allow; yield why each was made."""
    if decision.route.mode not in ("retrieve", "documents"):
        return
    limit = _limit(decision, writer.engine, wishes)
    spent = attempts[0].written.usage.seconds
    for step, packed in larger(attempts[0].packed, limit=limit, wishes=wishes):
        last = attempts[-1]
        weak = strength(last.written)
        if weak >= WEAK:
            return
        shared = cached_share(last.packed, packed)
        if not _affordable(packed.tokens, shared, spent, wishes=wishes, serving=serving):
            yield "reading on was left out: it would exceed the bounds"
            return
        reason = (
            f"the claims were supported by {weak:.2f}, below {WEAK:.2f}: read on, {step}, "
            f"{packed.tokens:,} tokens of sources instead of {last.packed.tokens:,}"
        )
        on_again(reason)
        attempts.append(writer.attempt(packed))
        spent += attempts[-1].written.usage.seconds
        yield reason


def _limit(decision: Decision, engine: Engine, wishes: Wishes) -> int:
    """Return the tokens of sources that reading on may reach: the ceiling, or all that fits."""
    estimates = decision.route.estimates
    room = engine.window - wishes.answer_tokens - _AROUND
    if wishes.quality == "best":
        return room
    return min(room, max(round(estimates["ceiling_tokens"]), 2 * decision.budget))


def _affordable(
    tokens: int, cached: int, spent: float, *, wishes: Wishes, serving: Serving
) -> bool:
    """Tell whether one more request keeps the bounds, as far as anything is predicted."""
    if serving.predictor is None:
        # Without a prediction: as long again as what was spent, at the least.
        return wishes.max_cost is None and (
            wishes.max_seconds is None or 2 * spent <= wishes.max_seconds
        )
    seconds = spent + serving.predictor.first_token(tokens, cached)
    if wishes.max_seconds is not None and seconds > wishes.max_seconds:
        return False
    price = (serving.hour_price or 0.0) * serving.gpus / 3600
    return wishes.max_cost is None or seconds * price <= wishes.max_cost


def _packed(
    decision: Decision,
    *,
    store: Store,
    engine: Engine,
    found: Retrieved | None,
    changed: Collection[str],
) -> Packed:
    budget = decision.budget
    if decision.route.mode == "stuff":
        packed = pack_documents(store, None, counter=engine.counter, changed=changed)
        if packed.tokens < _ALIGNED:
            return packed
        return align(packed, ahead=tokens_ahead(engine.counter))
    assert found is not None  # every other mode searched
    if decision.route.mode == "documents":
        uris = evident_documents(found)
        whole = pack_documents(store, uris, counter=engine.counter, budget=budget)
        if whole.sources:
            return whole
        # Counted with its marks, even the best document is too large: its passages are not.
    return pack_passages(found.hits, store, counter=engine.counter, budget=budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What became the answer: the claims, their citations, and what was read for them."""

    written: Written
    citations: Sequence[Citation]
    records: Sequence[Record]
    tokens: int
    warnings: Sequence[str] = ()


def _best(attempts: Sequence[_Attempt]) -> _Made:
    """Return the attempt with the strongest support, the later of equals: it has seen more."""
    best = max(enumerate(attempts), key=lambda pair: (strength(pair[1].written), pair[0]))[1]
    usage = reduce(add, (attempt.written.usage for attempt in attempts))
    return _Made(
        written=replace(best.written, usage=usage),
        citations=best.citations,
        # A document has as many sources as passages of it were packed.
        records=list({source.uri: source.record for source in best.packed.sources}.values()),
        tokens=best.packed.tokens,
        warnings=_warnings(best.packed),
    )


def _answer(
    question: str,
    made: _Made,
    decision: Decision,
    reasons: Sequence[str],
    *,
    corpus: Corpus,
    engine: Engine,
    store: Store,
    looked: Looked | None = None,
) -> Answer:
    written, route = made.written, decision.route
    abstained = not written.claims
    missing = written.missing or "the model found nothing in the sources that answers it"
    cited = {citation.uri for citation in made.citations}
    hidden = hidden_notes(record for record in made.records if record.document.uri in cited)
    notes = [*written.notes, *made.warnings, *hidden]
    if written.missing and not abstained:
        notes.append(f"not in the sources: {written.missing}")
    return Answer(
        question=question,
        text=missing if abstained else answer_text(written.claims),
        claims=written.claims,
        citations=with_commits(made.citations),
        abstained=abstained,
        engine=engine.name,
        language=detect(question),
        route=replace(
            route,
            reasons=(*route.reasons, *reasons),
            estimates={**route.estimates, "packed_tokens": float(made.tokens)},
        ),
        searched=searched(looked) if looked is not None else _everything(corpus, store),
        freshness=freshness(made.records),
        unsupported=written.unsupported,
        notes=tuple(notes),
        usage=written.usage + looked.usage if looked and looked.usage else written.usage,
    )


def _everything(corpus: Corpus, store: Store) -> Searched:
    names = [record.document.name for record in corpus.records]
    return Searched(
        documents=len(names),
        chunks=sum(record.chunks for record in corpus.records),
        names=tuple(names[:_NAMES]),
        terms=(),
        scope=scope_of(store),
    )


def _warnings(packed: Packed) -> list[str]:
    """Tell of what in the sources speaks to a model, and of what did not fit."""
    found = []
    if packed.flags:
        first = packed.flags[0]
        found.append(
            f"{first.name} holds text that reads like an instruction to a model, taken as data: "
            f"“{first.excerpt}”"
            + (f" (and {len(packed.flags) - 1} more)" * (len(packed.flags) > 1))
        )
    if packed.left_out:
        first_out = packed.left_out[0]
        more = f" and {len(packed.left_out) - 1} more" if len(packed.left_out) > 1 else ""
        found.append(f"left out of the prompt: {first_out.name} ({first_out.reason}){more}")
    return found
