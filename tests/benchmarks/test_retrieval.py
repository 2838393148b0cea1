from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.retrieval import Case, package_cases, ranked_of
from docsense.types import Hit
from tests.stores.samples import entry_of


def hits_of(*pages, tokens):
    chunk = entry_of("a.pdf", "x").chunks[0]
    return [
        Hit(replace(chunk, name="a.pdf", position=n, first=page, last=page, tokens=tokens), 1.0)
        for n, page in enumerate(pages)
    ]


def test_only_passages_that_fit_the_budget_cover_gold():
    case = Case("q", Path("a.pdf"), frozenset({("a.pdf", 3), ("a.pdf", 7)}), "set")
    found = ranked_of(case, hits_of(1, 3, 5, 7, tokens=1500))

    assert found.places == [("a.pdf", 1), ("a.pdf", 3), ("a.pdf", 5), ("a.pdf", 7)]
    assert found.covered == (0.0, 0.5, 1.0, 1.0)
    assert found.whole


def test_gold_after_the_first_ten_passages_is_not_among_the_sources():
    case = Case("q", Path("a.pdf"), frozenset({("a.pdf", 1), ("a.pdf", 11)}), "set")

    assert not ranked_of(case, hits_of(*range(1, 12), tokens=1)).whole
    assert ranked_of(case, hits_of(*range(2, 12), 1, tokens=1)).covered[0] == 1.0


def test_a_file_counts_as_a_whole_when_no_page_is_known():
    case = Case("q", Path("a"), frozenset({("a.pdf", 0)}), "set")
    found = ranked_of(case, hits_of(4, 9, tokens=10))

    assert found.places == [("a.pdf", 0)]
    assert found.covered == (1.0, 1.0, 1.0, 1.0)


def test_an_installed_package_asks_for_its_own_files(tmp_path):
    asked = list(package_cases(["importlinter"], folder=tmp_path))

    assert len(asked) > 10
    for case in asked:
        (name, page), = case.gold  # fmt: skip
        assert page == 0 and (case.source / name).is_file()
        assert case.question not in (case.source / name).read_text(encoding="utf-8")
