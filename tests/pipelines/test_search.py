from __future__ import annotations

import pytest

from docsense.errors import ConfigError
from docsense_pipelines import search


@pytest.fixture
def library(workplace):
    workplace.ingest()
    return workplace


def found(library, words, **options):
    return search(words, library=library.library, store=library.store, **options)


def test_patterns_say_where_to_look_and_the_reader_is_told(library):
    result = found(library, "tax of whales", patterns=["*.md"])

    assert {hit.chunk.name for hit in result.hits} == {"whales.md"}
    assert result.scope == "1 of 2 documents"


def test_a_pattern_may_be_a_path(library):
    result = found(library, "tax", patterns=["src/*"])

    assert {hit.chunk.name for hit in result.hits} == {"src/tax.py"}


def test_patterns_that_match_nothing_are_refused(library):
    with pytest.raises(ConfigError, match="no document"):
        found(library, "tax", patterns=["*.pdf"])


def test_a_search_of_everything_has_no_scope_to_tell(library):
    assert found(library, "tax of whales").scope == ""
