"""A summary of whole documents: verbatim sentences along the outline, each cited to its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docsense.citations import cite
from docsense.errors import EmptySourceError
from docsense.extract.summary import summarize as extract
from docsense.extract.values import SourceText
from docsense.types import Claim, Coverage, Route, Summary, SummarySection
from docsense_pipelines.progress import Progress, silent
from docsense_pipelines.sources import freshness, whole_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docsense.extract.values import Selected, SummaryDraft, SummaryPart
    from docsense.index import Library
    from docsense.stores import Store
    from docsense.types import Citation, Document
    from docsense_pipelines.progress import Report


def summarize(
    *,
    library: Library,
    store: Store,
    words: int = 300,
    focus: str = "",
    report: Report = silent,
) -> Summary:
    """Summarize everything in a library in about ``words`` words.

    Args:
        focus: What the reader cares about; sentences about it come first.

    Raises:
        EmptySourceError: The library holds no text.
    """
    report(Progress("select", 0, 0))
    documents = list(whole_documents(store))
    if not documents:
        raise EmptySourceError(f"{library.name}: no document to summarize", hint="ingest some")
    sources = [SourceText(document, document.language) for document in documents]
    draft = extract(sources, words=words, focus=focus)
    claims = _Claims(documents)
    overview = claims.of(draft.overview)
    sections = tuple(_section(part, documents, claims) for part in draft.parts)
    records = store.documents()
    return Summary(
        title=_title(documents, library),
        overview=overview,
        sections=sections,
        citations=tuple(claims.citations),
        coverage=_coverage(documents, claims.citations, draft),
        words=draft.words,
        focus=focus,
        engine="extractive",
        language=_main_language(documents),
        route=Route(mode="extractive", reasons=("sentences are selected, not written",)),
        freshness=freshness(records[document.uri] for document in documents),
        notes=(*(f"{d.name}: {note}" for d in documents for note in d.notes), *draft.notes),
    )


@dataclass(slots=True)
class _Claims:
    """Numbers each selected sentence once, however often it is shown."""

    documents: Sequence[Document]
    citations: list[Citation] = field(default_factory=list)
    _numbers: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def of(self, selected: Iterable[Selected]) -> tuple[Claim, ...]:
        return tuple(self._claim(sentence) for sentence in selected)

    def _claim(self, sentence: Selected) -> Claim:
        key = (sentence.document, sentence.start, sentence.end)
        document = self.documents[sentence.document]
        quote = document.text[sentence.start : sentence.end]
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(
                cite(
                    document,
                    start=sentence.start,
                    end=sentence.end,
                    quote=quote,
                    number=self._numbers[key],
                )
            )
        return Claim(text=quote, citations=(self._numbers[key],), support=1.0)


def _section(part: SummaryPart, documents: Sequence[Document], claims: _Claims) -> SummarySection:
    document = documents[part.document]
    first, last, _ = document.place(part.start, part.end)
    return SummarySection(
        title=part.title,
        level=part.level,
        claims=claims.of(part.sentences),
        uri=document.uri,
        first=first,
        last=last,
    )


def _coverage(
    documents: Sequence[Document], citations: Sequence[Citation], draft: SummaryDraft
) -> tuple[Coverage, ...]:
    cited: dict[str, set[int]] = {document.uri: set() for document in documents}
    for citation in citations:
        cited[citation.uri].update(range(citation.first, citation.last + 1))
    return tuple(
        Coverage(
            uri=document.uri,
            name=document.name,
            unit=document.unit,
            units=len(document.starts) - len(document.blank),
            cited=tuple(sorted(cited[document.uri])),
            uncovered=tuple(part.title for part in draft.uncovered if part.document == i),
        )
        for i, document in enumerate(documents)
    )


def _title(documents: Sequence[Document], library: Library) -> str:
    if len(documents) == 1:
        return documents[0].title or documents[0].name
    roots = [root.rstrip("/").rpartition("/")[2] for root in library.roots]
    return ", ".join(roots[:3]) if roots else library.name


def _main_language(documents: Sequence[Document]) -> str:
    sizes: dict[str, int] = {}
    for document in documents:
        sizes[document.language] = sizes.get(document.language, 0) + len(document.text)
    return max(sorted(sizes), key=lambda language: sizes[language])
