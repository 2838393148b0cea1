"""A summary that a model writes: in one prompt, or from notes on parts; every claim is cited.

What the model says and no source holds is never shown as cited: it is listed as unsupported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from docsense.claims.grounding import Grounder
from docsense.errors import ConfigError, EmptySourceError
from docsense.extract.code import is_code
from docsense.packing import pack_documents
from docsense.prompts import ask_prompt, map_prompt, reduce_prompt, summary_prompt
from docsense.routing import Task, choose
from docsense.types import Coverage, Summary, SummarySection
from docsense_pipelines.commits import with_commits
from docsense_pipelines.compared import COMPARABLE, WISH, held_to_both_sides
from docsense_pipelines.deciding import ANSWER_TOKENS, corpus_of, inputs_of
from docsense_pipelines.map_reduce import Asked, Merged, map_reduce, warnings
from docsense_pipelines.progress import silent
from docsense_pipelines.quoted_summary import quote_summary, title_of
from docsense_pipelines.sources import freshness
from docsense_pipelines.summarize import language_code
from docsense_pipelines.written import nobody, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docsense.engines import Engine, Prompt
    from docsense.index import Library
    from docsense.packing import Packed
    from docsense.routing import Decision
    from docsense.stores import Store
    from docsense.types import Citation, Claim, Document, Record, Section
    from docsense_pipelines.deciding import Corpus, Serving, Wishes
    from docsense_pipelines.progress import Report
    from docsense_pipelines.written import OnClaim

STYLES = {
    "executive": "for executives: what was decided and reached and what is at stake, with the "
    "figures that show it, in short sections and without technical detail",
    "bullets": "as a list: short statements that each hold one fact and can stand alone",
    "technical": "for specialists: methods, definitions, exact figures with units, conditions and "
    "limits, in the sources' own terms",
    "abstract": 'as an abstract: a single section titled "Overview", from purpose to result',
}
"""How each style is asked for, after "Write"."""

_OPENED = 'with a first section titled "Overview"'
_CODE = (
    "as a guide to a code base: what it is for (its README), its packages, the main types and "
    "functions of each, and the entry points (console scripts, main functions, __main__ modules)"
)
_CODE_SHARE = 0.25
_TOKENS_PER_WORD = 6
_TOKENS_BESIDES = 512
_LEAST_WORDS = 60
_ANSWER_WORDS = 250
_OVERVIEWS = {"", "overview", "summary", "abstract", "überblick", "zusammenfassung", "résumé"}


def written_summary(
    *,
    library: Library,
    store: Store,
    words: int,
    focus: str,
    style: str,
    language: str,
    engine: Engine,
    wishes: Wishes,
    serving: Serving,
    on_claim: OnClaim = nobody,
    report: Report = silent,
) -> Summary:
    """Summarize by a model, over one prompt or many as the route says; see ``summarize``.

    Raises:
        EmptySourceError: The library holds no text.
        EngineError: The engine failed, or a forced route cannot be taken.
        ConfigError: A forced route is none for summaries, or cannot keep seconds or cost.
    """
    corpus = corpus_of(store.documents())
    if not any(record.characters for record in corpus.records):
        raise EmptySourceError(f"{library.name}: no document to summarize", hint="ingest some")
    if wishes.route in ("documents", "retrieve"):
        raise ConfigError(
            f"--route {wishes.route}: a summary reads everything",
            hint="use stuff, map-reduce or extractive",
        )
    # Of a small window, at most a third is kept free for what is written.
    reserve = wishes.max_tokens or max(ANSWER_TOKENS, words * _TOKENS_PER_WORD + _TOKENS_BESIDES)
    reserve = min(reserve, max(1, engine.window // 3))
    task = Task("summary", ("a summary was asked for",))
    decision = choose(
        inputs_of(task, corpus, engine=engine, wishes=wishes, serving=serving, reserve=reserve)
    )
    if decision.route.mode == "extractive":
        quoted = quote_summary(
            library=library, store=store, words=words, focus=focus, style=style,
            route=decision.route, report=report,
        )  # fmt: skip
        note = f"not in {language.strip()}: quoted sentences stay in the sources' language"
        same = not language.strip() or language_code(language) == quoted.language
        return quoted if same else replace(quoted, notes=(*quoted.notes, note))
    form = _Form(words, focus, language, style, corpus, reserve, engine)
    run = _stuffed if decision.route.mode == "stuff" else _in_parts
    merged = run(form, decision, library=library, store=store, on_claim=on_claim, report=report)
    return _summary(form, merged, decision, library=library)


@dataclass(frozen=True, slots=True)
class _Form:
    """What the summary is to be, as prompts say it."""

    words: int
    focus: str
    language: str
    style: str
    corpus: Corpus
    reserve: int
    engine: Engine

    def of_all(self, packed: Packed) -> Prompt:
        return summary_prompt(
            packed, words=self.words, max_tokens=self.reserve, focus=self.focus,
            language=self.language, style=self._style(),
        )  # fmt: skip

    def of_part(self, packed: Packed, part: int, parts: int) -> Prompt:
        if parts == 1:
            return self.of_all(packed)
        return map_prompt(
            packed, part=part, parts=parts, words=share(self.words, parts),
            max_tokens=self.reserve, focus=self.focus, language=self.language,
            style=STYLES["technical"] if self.style == "technical" else "",
        )  # fmt: skip

    def of_merge(
        self, claims: Sequence[Claim], citations: Sequence[Citation], groups: int
    ) -> Prompt:
        return reduce_prompt(
            claims, citations, counter=self.engine.counter, words=share(self.words, groups),
            max_tokens=self.reserve, focus=self.focus, language=self.language,
            style=self._style() if groups == 1 else "",
        )  # fmt: skip

    def _style(self) -> str:
        """Return everything that is asked of the form, as it follows "Write"."""
        wishes = [STYLES.get(self.style, self.style) or _OPENED]
        records = self.corpus.records
        if sum(is_code(r.document) for r in records) >= _CODE_SHARE * len(records):
            wishes += [] if self.focus else [_CODE]
        elif len(records) in COMPARABLE:
            wishes.append(WISH)
        return "; ".join(wishes)


def share(words: int, parts: int) -> int:
    """Return the words for notes on one of many parts: steps by two, so that prompts rarely change.

    Together the notes have about twice the words asked for, but never too few to say anything.
    """
    if parts <= 1:
        return words
    wanted, step = ceil(2 * words / parts), _LEAST_WORDS
    while step < wanted:
        step *= 2
    return max(_LEAST_WORDS, min(step, words))


def _stuffed(
    form: _Form,
    decision: Decision,
    *,
    library: Library,
    store: Store,
    on_claim: OnClaim,
    report: Report,
) -> Merged:
    packed = pack_documents(store, None, counter=form.engine.counter)
    grounder = Grounder(packed.sources, store.texts, form.focus)
    written = write(
        form.of_all(packed), engine=form.engine, grounder=grounder, on_claim=on_claim,
        report=report,
    )  # fmt: skip
    return Merged(
        written=replace(written, notes=(*written.notes, *warnings(packed))),
        citations=tuple(grounder.citations),
        records=tuple(source.record for source in packed.sources),
        parts=1,
        tokens=packed.tokens,
    )


def _in_parts(
    form: _Form,
    decision: Decision,
    *,
    library: Library,
    store: Store,
    on_claim: OnClaim,
    report: Report,
) -> Merged:
    asked = Asked(
        of_part=form.of_part, of_merge=form.of_merge, about=form.focus, reserve=form.reserve
    )
    return map_reduce(
        form.corpus.records, asked, store=store, folder=library.path, engine=form.engine,
        part=decision.part, on_claim=on_claim, report=report,
    )  # fmt: skip


def global_answer(
    question: str,
    *,
    library: Library,
    store: Store,
    corpus: Corpus,
    engine: Engine,
    decision: Decision,
    max_tokens: int = ANSWER_TOKENS,
    on_claim: OnClaim = nobody,
    report: Report = silent,
) -> Merged:
    """Answer a question about everything: from each part, then from those answers.

    ``written.missing`` tells what a part does not hold when no part answers.

    Args:
        decision: Whose mode is "map-reduce", with ``max_tokens`` in reserve.
        max_tokens: Of what is written about a part, and of the answer.

    Raises:
        EngineError: As ``Engine.complete``.
        IndexStateError: A document changed meanwhile.
    """

    def of_part(packed: Packed, part: int, parts: int) -> Prompt:
        return ask_prompt(packed, question, max_tokens=max_tokens)

    def of_merge(claims: Sequence[Claim], citations: Sequence[Citation], groups: int) -> Prompt:
        return reduce_prompt(
            claims, citations, counter=engine.counter, words=_ANSWER_WORDS,
            max_tokens=max_tokens, focus=question, language="the language of that question",
            style="nothing but what answers it, complete and without repetition",
        )  # fmt: skip

    asked = Asked(of_part=of_part, of_merge=of_merge, about=question, reserve=max_tokens)
    return map_reduce(
        corpus.records, asked, store=store, folder=library.path, engine=engine,
        part=decision.part, on_claim=on_claim, report=report,
    )  # fmt: skip


def _summary(form: _Form, merged: Merged, decision: Decision, *, library: Library) -> Summary:
    written, documents = merged.written, [record.document for record in merged.records]
    overview, sections = _sections(form, merged)
    if len(documents) > 1:
        sections = held_to_both_sides(sections, merged.citations)
    estimates = {"packed_tokens": float(merged.tokens), "parts": float(merged.parts)}
    notes = [f"{d.name}: {note}" for d in documents for note in d.notes]
    if not written.claims:
        notes.append("the model wrote nothing that the sources carry")
    return Summary(
        title=title_of(documents, library),
        overview=overview,
        sections=sections,
        citations=with_commits(merged.citations),
        coverage=tuple(_coverage(documents, merged.citations)),
        words=sum(len(claim.text.split()) for claim in written.claims),
        focus=form.focus,
        engine=form.engine.name,
        language=language_code(form.language) or form.language or _main_language(merged.records),
        route=replace(decision.route, estimates={**decision.route.estimates, **estimates}),
        freshness=freshness(merged.records),
        notes=(*notes, *written.notes),
        unsupported=written.unsupported,
        usage=written.usage,
    )


def _sections(form: _Form, merged: Merged) -> tuple[tuple[Claim, ...], tuple[SummarySection, ...]]:
    """Return the overview and the titled sections, each with the document and units it spans."""
    pairs = zip(merged.written.sections, merged.written.claims, strict=True)
    groups = [
        (title.strip(), tuple(claim for _, claim in group))
        for title, group in groupby(pairs, key=lambda pair: pair[0])
    ]
    overview: tuple[Claim, ...] = ()
    alone = form.style == "abstract" and len(groups) == 1
    if groups and (alone or groups[0][0].casefold().strip(" .:") in _OVERVIEWS):
        overview = groups.pop(0)[1]
    return overview, tuple(_section(title, claims, merged.citations) for title, claims in groups)


def _section(title: str, claims: tuple[Claim, ...], every: Sequence[Citation]) -> SummarySection:
    cited = [every[number - 1] for claim in claims for number in claim.citations]
    one = len({citation.uri for citation in cited}) == 1
    return SummarySection(
        title=title or "More",
        level=1,
        claims=claims,
        uri=cited[0].uri if one else "",
        first=min(c.first for c in cited) if one else 0,
        last=max(c.last for c in cited) if one else 0,
    )


def _coverage(documents: Sequence[Document], citations: Sequence[Citation]) -> Iterator[Coverage]:
    cited: dict[str, list[Citation]] = {}
    for citation in citations:
        cited.setdefault(citation.uri, []).append(citation)
    for document in documents:
        own = cited.get(document.uri, [])
        if len(documents) == 1:
            uncovered = [
                section.title.strip()
                for section in _top_sections(document)
                if not any(section.start <= c.start < section.end for c in own)
            ]
        else:
            uncovered = [] if own else [document.title or document.name]
        yield Coverage(
            uri=document.uri,
            name=document.name,
            unit=document.unit,
            units=len(document.starts) - len(document.blank),
            cited=tuple(sorted({unit for c in own for unit in range(c.first, c.last + 1)})),
            uncovered=tuple(uncovered),
        )


def _top_sections(document: Document) -> list[Section]:
    """Return the sections of the highest level that has several."""
    outline = [s for s in document.outline if s.end > s.start and s.title.strip()]
    for level in sorted({section.level for section in outline}):
        top = [section for section in outline if section.level == level]
        if len(top) > 1:
            return top
    return []


def _main_language(records: Sequence[Record]) -> str:
    sizes: dict[str, int] = {}
    for record in records:
        language = record.document.language
        sizes[language] = sizes.get(language, 0) + record.characters
    return max(sorted(sizes), key=lambda language: sizes[language])
